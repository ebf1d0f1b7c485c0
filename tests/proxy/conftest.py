"""What the tests of the launcher share: a run of their own, a program that obeys, certificates."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import trustme

from proxy.definitions import definitions
from proxy.engine import engine
from proxy.errors import RuntimeUnavailable
from proxy.launch import Launcher
from proxy.process import ProcessRuntime
from proxy.ready import Patience
from proxy.run import Run
from tests.proxy.ground import Ground, Grounds, is_here

PATIENCE = Patience(start=5.0, stop=0.2)


def _engine_answers() -> bool:
    try:
        engine().close()
    except RuntimeUnavailable:
        return False
    return True


ENGINE = _engine_answers()
ABSENT = [name for name, each in definitions().items() if each.command and not is_here(each)]
# Without an engine, or the binary, these tests have no subject; others reach every line they do.
OF_ENGINE = ["test_real_container.py", "test_real_images.py"]
collect_ignore = [] if ENGINE else [*OF_ENGINE]
collect_ignore += [f"test_{name}.py" for name in ABSENT]


def pytest_report_header() -> list[str]:
    answers = "answers" if ENGINE else f"none, {' and '.join(OF_ENGINE)} left out"
    return [f"container engine: {answers}", f"products not on this machine: {ABSENT or 'none'}"]


@pytest.fixture(scope="session")
def files() -> Mapping[str, str]:
    issued = trustme.CA().issue_cert("localhost")
    certificate = "".join(pem.bytes().decode() for pem in issued.cert_chain_pems)
    key = issued.private_key_pem.bytes().decode()
    return {"CERT": certificate, "KEY": key, "CERT_AND_KEY": certificate + key}


@pytest.fixture(scope="session")
def grounds(
    tmp_path_factory: pytest.TempPathFactory, files: Mapping[str, str]
) -> Iterator[Grounds]:
    with contextlib.ExitStack() as stack:
        yield Grounds(tmp_path_factory.mktemp("grounds"), files, stack)


@pytest.fixture
def ground(request: pytest.FixtureRequest, grounds: Grounds) -> Ground:
    """The product that the test names; the file of a product has a fixture of its own."""
    return grounds(request.param)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tmp_path / "base"


@pytest.fixture
def run(base: Path) -> Iterator[Run]:
    with Run.begin(base=base) as run:
        yield run


@pytest.fixture
def launcher(run: Run) -> Iterator[Launcher]:
    with Launcher(run, ProcessRuntime(run, PATIENCE), PATIENCE) as launcher:
        yield launcher
