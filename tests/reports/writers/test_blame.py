"""Who is to blame, as each document tells it."""

from dataclasses import replace
from pathlib import Path

from reports.attribution import with_blame
from reports.figure import figures
from reports.kills import Matrix
from reports.model import Blame, CaseResult
from reports.writers import KILL_DOCUMENTS, html, markdown, terminal
from tests.reports.recorded import failure, on_direct
from tests.reports.sample import run

FAILED = with_blame((failure(), on_direct(outcome="passed")))
WHY = "it passes on direct: this client and this origin can do it"


def test_the_terminal_has_a_line_a_failure() -> None:
    lines = terminal.summary(run(*FAILED, code=1), Path("r"))

    assert f"proxy: case behind nginx: {WHY}" in lines


def test_many_failures_are_counted() -> None:
    many = (FAILED[0],) * 15

    assert "3 more failures, see the report" in terminal.summary(run(*many, code=1), Path("r"))


def test_the_documents_say_who_and_why() -> None:
    assert f"    to blame: proxy: {WHY}" in markdown.write(run(*FAILED, code=1))
    assert "<h3>To blame: proxy</h3>" in html.write(run(*FAILED, code=1))


def test_who_did_not_fail_is_not_blamed() -> None:
    assert "To blame" not in html.write(run(FAILED[1]))


def tried(part: str, tier: str) -> CaseResult:
    return replace(failure(fault="x", part=part), blame=Blame(tier, "why"))


def test_the_kill_matrix_has_the_figure_and_names_what_was_wrong() -> None:
    cases = (tried("proxy", "proxy"), tried("origin", "proxy"))
    found = Matrix(run(), (), attribution=tuple(figures(cases)))
    lines = terminal.kill_summary(found, Path("r"))

    assert "attribution of faults in all: 1 right, 0 unknown, 1 wrong (50.0%)" in lines
    assert "attribution of faults of the proxy: 1 right, 0 unknown, 0 wrong (100.0%)" in lines
    assert "wrongly attributed: case[nginx]" in lines
    assert '"share": 0.5' in KILL_DOCUMENTS["kills.json"](found)
    assert "Who was blamed" in KILL_DOCUMENTS["kills.html"](found)
