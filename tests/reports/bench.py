"""Runs the gate over a suite that a test wrote, and tells what came of it."""

import contextlib
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from reports import gate
from reports.codec import from_json
from reports.model import CaseResult, Run

# Left out: what writes a cache, takes the outer pytest's signals, or collects garbage five times.
SETTINGS = """
[pytest]
addopts = --import-mode=importlib
    -p no:cacheprovider -p no:faulthandler -p no:unraisableexception
"""
CONFTEST = """
import pytest

def pytest_addoption(parser):
    parser.addoption("--faults", action="store_true")

@pytest.fixture
def facts(request):
    def add(**values):
        request.node.user_properties.extend(values.items())
    return add

@pytest.fixture(autouse=True)
def known(facts, request):
    facts(
        requirement={"level": "must", "promise": "It holds.", "kills": ["reorders"]},
        proxy="nginx",
        case=request.node.name,
        repeat="tox -e proxy -- -k this",
    )
"""


@dataclass
class Gated:
    """What one run of the gate left behind."""

    code: int
    out: str
    folder: Path

    @property
    def run(self) -> Run:
        return from_json((self.folder / "latest" / "run.json").read_text("utf-8"))

    @property
    def case(self) -> CaseResult:
        (only,) = self.run.cases
        return only

    @property
    def problems(self) -> list[str]:
        return [problem.what for problem in self.run.problems]


@contextlib.contextmanager
def _no_suites_imported() -> Iterator[None]:
    """Hide the real suites, which a test before may have imported: pytest would take them."""
    real = {
        name: sys.modules.pop(name) for name in [*sys.modules] if name.split(".")[0] == "suites"
    }
    try:
        yield
    finally:
        sys.modules.update(real)


@dataclass
class Bench:
    """A folder in which a suite is written and judged."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def gate(self, cases: str, *arguments: str, conftest: str = "") -> Gated:
        """Judge these cases, written to one file of the topic `ordering`."""
        topic = self.folder / "suites" / "ordering"
        topic.mkdir(parents=True, exist_ok=True)
        (self.folder / "pytest.ini").write_text(SETTINGS)
        (self.folder / "conftest.py").write_text(CONFTEST + textwrap.dedent(conftest))
        (topic / "test_order.py").write_text("import pytest\n" + textwrap.dedent(cases))
        out = self.folder / "out"
        places = (str(self.folder / "suites"), f"--rootdir={self.folder}", f"--report-to={out}")
        self.capsys.readouterr()
        with _no_suites_imported():
            code = gate.main([*places, *arguments])
        captured = self.capsys.readouterr()
        return Gated(code, captured.out + captured.err, out)
