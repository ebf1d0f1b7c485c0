"""What pytest loads of the reports, in every process of a run: the option, and what workers add.

It sleeps unless `--report-to FOLDER` is given, as `python -m reports.gate` does: the harness's own
tests are no cases. With `--faults` (an option of the fixtures) it keeps the kill matrix instead of
a run. What only the process that sees all results needs, or a failure, is imported when it does:
each worker would wait for it before its first case.
"""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from reports import transfer
from reports.verdicts import is_judgement


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--report-to`."""
    group = parser.getgroup("report", "release verification report")
    group.addoption(
        "--report-to",
        type=Path,
        metavar="FOLDER",
        help="judge the session as a run of the gate and write its documents to FOLDER/latest",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Wake up, if a report is asked for and this process is the one that sees all results."""
    folder = config.getoption("report_to")
    listing = config.getoption("collectonly", False)
    if folder is not None and not listing and not hasattr(config, "workerinput"):
        from reports.reporter import Reporter  # noqa: PLC0415

        config.pluginmanager.register(Reporter(config, folder), "proxyproof-reporter")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say of a failure whether it is a judgement; only here is the exception itself at hand."""
    report = yield
    judged = item.config.getoption("report_to") is not None
    if judged and report.failed and call.excinfo is not None:
        from reports.writers import terminal  # noqa: PLC0415

        judgement = is_judgement(call.excinfo.value, pytest.fail.Exception)
        report.user_properties.append((transfer.JUDGEMENT, judgement))
        properties = dict(item.user_properties)
        lines = terminal.pointers(item.nodeid, properties)
        report.sections.append(("case", "\n".join(lines)))
    return report


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable(
    config: pytest.Config,
) -> Generator[None, dict[str, Any] | None, dict[str, Any] | None]:
    """Let what a case has told leave its worker as one text."""
    data = yield
    if data is not None and config.getoption("report_to") is not None:
        transfer.pack(data)
    return data


@pytest.hookimpl(tryfirst=True)
def pytest_report_from_serializable(data: dict[str, Any]) -> None:
    """Unfold what has come, for pytest to read."""
    transfer.unpack(data)
