from dataclasses import replace

from reports.figure import figures
from reports.model import Blame, CaseResult, Deviation
from tests.reports.recorded import failure


def named(part: str, tier: str) -> CaseResult:
    return replace(failure(fault="x", part=part), blame=Blame(tier, "why"))


def test_each_tier_has_its_figure_and_all_of_them_come_first() -> None:
    found = figures(
        [named("proxy", "proxy"), named("origin", "unknown"), named("origin", "client")]
    )

    assert [str(figure) for figure in found] == [
        "attribution: 1 right, 1 unknown, 1 wrong of 3",
        "origin: 0 right, 1 unknown, 1 wrong of 2",
        "proxy: 1 right, 0 unknown, 0 wrong of 1",
    ]


def test_a_wrong_one_spoils_any_share() -> None:
    [whole, _] = figures([*[named("proxy", "proxy")] * 99, named("proxy", "client")])

    assert (whole.share, whole.is_good) == (0.99, False)


def test_nineteen_of_twenty_and_no_wrong_one_are_good() -> None:
    [whole, _] = figures([*[named("proxy", "proxy")] * 19, named("proxy", "unknown")])

    assert (whole.share, whole.is_good) == (0.95, True)


def test_without_failures_there_is_no_figure() -> None:
    assert figures([failure(outcome="passed", fault="x", part="proxy")]) == []


def test_a_failure_that_is_declared_has_a_cause_of_its_own() -> None:
    declared = replace(named("proxy", "origin"), deviation=Deviation("it cannot"))

    assert figures([declared]) == []
