from dataclasses import replace

import pytest

from reports.advice import advice, blind, figure, with_advice
from reports.evidence import Delivery, Evidence
from reports.model import CaseResult, Deviation
from reports.remedies import Probe, Remedy, read
from tests.reports.advised import BUFFERING, FREE, GZIP, HELPED, HIDES, known
from tests.reports.recorded import exchange

HELD = Evidence(requests=(exchange(),), events=(Delivery("1", "e-1", sent_ms=1.0),))


def first(case: CaseResult) -> str:
    return str(advice(case)[0])


def names(case: CaseResult) -> list[str]:
    return [one.fault for one in advice(case)]


def standing(remedy: Remedy, how: str) -> Remedy:
    return replace(remedy, standing=how)


def test_it_names_the_file_the_line_and_what_stands_there() -> None:
    assert first(known(BUFFERING)) == (
        "advice: in nginx.conf: proxy_buffering off; (now: proxy_buffering on;), as reverse of "
        "the known failure buffering-on"
    )


def test_what_a_probe_saw_confirms_it() -> None:
    told = first(known(BUFFERING, probes=(HELPED,)))

    assert told.endswith("buffering-on; confirmed: with the hint it came")


def test_a_probe_that_contradicts_it_is_told_as_well() -> None:
    told = first(known(BUFFERING, probes=(FREE,)))

    assert told.endswith("buffering-on; not confirmed: it came at once")


def test_a_line_that_is_missing_is_told_to_be() -> None:
    missing = standing(replace(BUFFERING, now=()), "missing")

    assert "proxy_buffering off; (now: no such line)" in first(known(missing, evidence=HELD))


def test_a_line_too_many_is_to_be_taken_out() -> None:
    assert "in nginx.conf: take out proxy_hide_header Set-Cookie; as" in first(known(HIDES))


def test_of_many_lines_two_are_shown() -> None:
    long = replace(HIDES, now=("a;", "b;", "c;", "d;"))

    assert "take out a; b; … and 2 more as" in first(known(long))


def test_at_most_two_are_given_the_larger_change_first() -> None:
    assert names(known(BUFFERING, GZIP, HIDES)) == ["gzip-all", "merges"]


def test_what_the_recording_shows_comes_first() -> None:
    assert names(known(BUFFERING, GZIP, evidence=HELD)) == ["buffering-on", "gzip-all"]


def test_a_field_that_was_changed_on_the_way_names_its_line() -> None:
    came = exchange(answer=("HTTP/1.1 200 ", "Set-Cookie: a"), answered=("HTTP/1.1 200 ", "Via: x"))

    assert names(known(GZIP, HIDES, evidence=Evidence((came,))))[0] == "merges"


def test_what_a_probe_denies_comes_last() -> None:
    assert names(known(BUFFERING, HIDES, evidence=HELD, probes=(FREE,))) == [
        "merges",
        "buffering-on",
    ]


def test_what_stands_in_the_file_comes_before_what_is_missing() -> None:
    case = known(standing(BUFFERING, "missing"), GZIP, evidence=HELD)

    assert names(case) == ["gzip-all", "buffering-on"]


@pytest.mark.parametrize(
    ("how", "probes", "evidence", "given"),
    [
        ("shown", (), None, True),
        ("absent", (HELPED,), HELD, False),
        ("missing", (), None, False),
        ("missing", (), HELD, True),
        ("missing", (HELPED,), None, True),
        ("missing", (FREE,), HELD, False),
        ("otherwise", (), HELD, False),
        ("otherwise", (HELPED,), None, True),
    ],
)
def test_the_less_sure_the_file_the_more_must_speak_for_it(
    how: str, probes: tuple[Probe, ...], evidence: Evidence | None, given: bool
) -> None:
    case = known(standing(BUFFERING, how), probes=probes, evidence=evidence)

    assert bool(advice(case)) is given


def test_a_part_of_a_larger_failure_that_is_shown_is_not_given_beside_it() -> None:
    whole = replace(BUFFERING, fault="buffers-all", now=("proxy_buffering on;", "x;"), size=30)

    assert names(known(BUFFERING, whole)) == ["buffers-all"]


@pytest.mark.parametrize("how", ["missing", "otherwise"])
def test_a_larger_failure_that_is_less_sure_takes_nothing_away(how: str) -> None:
    whole = replace(BUFFERING, fault="buffers-all", now=("proxy_buffering on;", "x;"), size=30)

    assert names(known(BUFFERING, standing(whole, how), evidence=HELD))[0] == "buffering-on"


def test_a_probe_outweighs_all_that_the_recording_shows() -> None:
    came = exchange(answer=("HTTP/1.1 200 ", "Set-Cookie: a"), answered=("HTTP/1.1 200 ", "Via: x"))
    traced = replace(HELD, requests=(came,))

    assert names(known(BUFFERING, HIDES, evidence=Evidence((came,)), probes=(HELPED,))) == [
        "buffering-on",
        "merges",
    ]
    assert names(known(BUFFERING, HIDES, evidence=traced, probes=(FREE,)))[0] == "merges"


def test_a_probe_that_speaks_for_two_confirms_neither() -> None:
    other = replace(GZIP, entries=("BUF-02",))

    assert [one.confirmed for one in advice(known(BUFFERING, other, probes=(HELPED,)))] == [
        False,
        False,
    ]
    assert "confirmed" not in first(known(BUFFERING, other, probes=(HELPED,)))


def test_a_probe_of_one_side_of_a_failure_says_nothing_of_it() -> None:
    wider = replace(BUFFERING, entries=("BUF-01", "H2-06"))

    assert not advice(known(wider, probes=(HELPED,)))[0].probe
    assert not advice(known(wider, probes=(FREE,)))[0].probe


@pytest.mark.parametrize("tier", ["client", "origin", ""])
def test_who_is_not_behind_the_configuration_gets_no_advice_on_it(tier: str) -> None:
    [case] = with_advice([known(BUFFERING, tier=tier)])

    assert case.advice == ()


@pytest.mark.parametrize("tier", ["proxy", "outpost", "unknown"])
def test_whoever_may_be_behind_it_does(tier: str) -> None:
    [case] = with_advice([known(BUFFERING, tier=tier)])

    assert [one.fault for one in case.advice] == ["buffering-on"]


def test_without_the_file_the_recording_decides() -> None:
    hidden = standing(BUFFERING, "absent")

    assert blind(known(hidden, GZIP, evidence=HELD)) == "buffering-on"
    assert blind(known(hidden, GZIP)) == ""


def test_the_figure_counts_where_the_very_fault_was_advised() -> None:
    alone = standing(BUFFERING, "absent")
    cases = with_advice(
        [
            known(BUFFERING, probes=(HELPED,), fault="buffering-on"),
            known(BUFFERING, GZIP, fault="buffering-on"),
            known(alone, fault="buffering-on"),
            known(alone, GZIP, fault="buffering-on"),
            known(BUFFERING, fault="of-a-relay"),
            known(BUFFERING, fault="buffering-on", tier=""),
            replace(known(BUFFERING, fault="buffering-on"), deviation=Deviation("it cannot")),
        ]
    )
    found = figure(cases)

    assert (found.right, found.second, len(found.silent), len(found.wrong)) == (1, 1, 1, 1)
    assert (found.confirmed, found.misled, found.total, found.share) == (1, (), 4, 0.25)


def test_a_confirmation_of_another_fault_is_counted_by_name() -> None:
    case = known(BUFFERING, standing(GZIP, "absent"), probes=(HELPED,), fault="gzip-all")

    assert figure(with_advice([case])).misled == (case.node,)


def test_without_failures_there_is_nothing_to_advise() -> None:
    assert figure([]).share == 1.0


def test_a_mapping_of_the_fixtures_is_read() -> None:
    raw = {
        "file": "nginx.conf",
        "known": [
            {"fault": "a", "standing": "shown", "put": ["x;"], "now": [], "entries": [], "size": 3}
        ],
        "probes": [{"said": "so", "shows": ["BUF-01"], "denies": []}],
    }
    found = read(raw)

    assert found.known == (Remedy("a", "shown", ("x;",), size=3),)
    assert found.probes == (Probe("so", ("BUF-01",)),)
