"""`python -m reports.gate ARGUMENTS…`: pytest with a verdict on the whole, for tox and CI.

All arguments are pytest's. The exit code is the gate's: 0 proven, 1 a requirement failed, 2 not
judged, 3 fault of the harness. The documents are written to `reports/out/latest`, or where
`--report-to` says.
"""

import argparse
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import pytest

from reports import facts, plugin, reporter, store
from reports.model import Kind, Problem, Run
from reports.verdicts import exit_code
from reports.writers import DOCUMENTS

FOLDER = Path(__file__).parent / "out"
DEFAULTS = ("-o", "console_output_style=classic", "--tb=short")
"""Before what was typed, so that what was typed wins. Percentages give way to our own lines."""


class _Witness:
    """Sees how the session was judged, which pytest's own return value does not always tell."""

    def __init__(self, command: str, folder: Path) -> None:
        self.exit: int | None = None
        self.said = "see its message"
        self.folder = folder
        self.command = command

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[reporter.COMMAND] = self.command

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.said = getattr(excinfo.value, "msg", "") or "interrupted"

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self, config: pytest.Config) -> None:
        self.exit = config.stash.get(reporter.EXIT, None)


def main(arguments: Sequence[str]) -> int:
    """Run pytest and return the exit code of the gate."""
    witness = _Witness(facts.command(arguments), _folder(arguments))
    try:
        code = int(
            pytest.main([*DEFAULTS, f"--report-to={FOLDER}", *arguments], plugins=[plugin, witness])
        )
    except Exception:
        traceback.print_exc()
        return _without_session(witness, Kind.HARNESS, "the harness broke: see above")
    if witness.exit is not None:
        return witness.exit
    if code == pytest.ExitCode.OK:
        return 0  # a question such as --help or --collect-only, and pytest has answered it
    why = f"pytest stopped before any case: {witness.said}"
    return _without_session(witness, Kind.NOT_JUDGED, why)


def _folder(arguments: Sequence[str]) -> Path:
    """Where the documents go; read here too, because pytest may fail before it knows."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--report-to", type=Path, default=FOLDER)
    folder: Path = parser.parse_known_args(arguments)[0].report_to
    return folder


def _without_session(witness: _Witness, kind: Kind, why: str) -> int:
    """Leave a report that says so: the last run's must not be taken for this one's."""
    problems = (Problem(kind, why),)
    run = Run(
        started=facts.now(),
        command=witness.command,
        commit=facts.commit(Path.cwd()),
        versions=facts.versions(),
        machine=facts.machine(),
        problems=problems,
        exit=exit_code((), problems),
    )
    store.set_aside(witness.folder, reporter.WRITTEN)
    store.publish(
        witness.folder / store.LATEST, {name: write(run) for name, write in DOCUMENTS.items()}
    )
    return run.exit


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
