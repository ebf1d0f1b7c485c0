from dataclasses import replace

import pytest

from reports import answers
from reports.answers import Standing
from reports.model import CaseResult, Deviation, Kind, Problem, Run, Verdict
from tests.reports.sample import FULL, requirement, result, run

PASS = result(Verdict.PASS)
CONTROL = result(Verdict.PASS, proxy="direct")
BROKEN = result(Verdict.FAIL)
LOST = Problem(Kind.NOT_JUDGED, "1 planned but never ran: order")


def test_a_proxy_whose_requirements_hold_is_proven() -> None:
    proven = run(CONTROL, PASS, result(Verdict.PASS, id="other", transport="websocket"))

    assert answers.standing(proven, "nginx") is Standing.PROVEN
    assert answers.answer(proven, "nginx") == (
        "The event stream survives nginx: all 2 requirements hold over WebSocket and SSE."
    )


def test_what_is_unproven_is_told_beside_what_holds() -> None:
    proven = run(result(Verdict.PASS, transport=None), result(Verdict.UNPROVEN))

    assert answers.answer(proven, "nginx") == (
        "The event stream survives nginx: the one requirement judged holds; 1 more unproven."
    )


def test_where_little_could_be_asked_nothing_is_said_to_survive() -> None:
    unasked = [result(Verdict.UNSUPPORTED, id=name) for name in ("first", "second")]
    little = run(CONTROL, PASS, *unasked)

    assert answers.answer(little, "nginx") == (
        "Little was asked behind nginx: the one requirement judged holds over SSE; "
        "2 could not be asked."
    )
    assert answers.title(little) == (
        "Nothing that was asked behind nginx fails; most could not be asked"
    )


def test_what_is_waived_or_not_met_is_never_said_to_hold() -> None:
    proven = run(PASS, result(Verdict.WAIVED), result(Verdict.WARN), result(Verdict.UNPROVEN))

    assert answers.answer(proven, "nginx") == (
        "The event stream survives nginx: 1 of 3 requirements hold over SSE; "
        "1 waived; 1 only recommended and not met; 1 more unproven."
    )


def test_a_broken_requirement_outweighs_what_is_not_judged() -> None:
    broken = run(CONTROL, PASS, BROKEN, problems=(LOST,))

    assert answers.answer(broken, "nginx") == (
        "The event stream does not survive nginx: 1 of 2 requirements broken."
    )


def test_a_lost_case_leaves_every_proxy_open() -> None:
    cut = run(CONTROL, PASS, problems=(LOST, LOST))

    assert answers.answer(cut, "nginx") == (
        "Not judged behind nginx: 1 planned but never ran: order (and 1 more)."
    )


def test_a_problem_of_one_proxy_leaves_the_others_alone() -> None:
    one = run(CONTROL, PASS, problems=(Problem(Kind.NOT_JUDGED, "no start", "nginx"),))

    assert answers.standing(one, "nginx") is Standing.OPEN
    assert answers.standing(one, "direct") is Standing.PROVEN


def test_a_proxy_that_supports_nothing_is_not_judged() -> None:
    nothing = run(result(Verdict.UNSUPPORTED))

    assert answers.answer(nothing, "nginx") == (
        "Not judged behind nginx: no case has a verdict that counts."
    )


def test_the_control_is_called_the_control() -> None:
    assert answers.answer(run(CONTROL), "direct") == (
        "The control holds: the one requirement judged holds over SSE."
    )
    assert answers.answer(run(result(Verdict.FAIL, proxy="direct")), "direct") == (
        "The control itself fails: 1 of 1 requirement broken."
    )


@pytest.mark.parametrize(
    ("cases", "code", "title"),
    [
        ([CONTROL, PASS], 0, "The event stream survives nginx"),
        ([CONTROL, BROKEN], 1, "The event stream does not survive nginx"),
        ([result(Verdict.FAIL, proxy="direct")], 1, "The control itself fails: nothing is said"),
        ([], 2, "This run proves nothing yet"),
        ([BROKEN], 3, "The harness itself is at fault"),
    ],
)
def test_title(cases: list[CaseResult], code: int, title: str) -> None:
    assert answers.title(run(*cases, code=code)).startswith(title)


def test_a_title_lists_several_proxies() -> None:
    cases = [result(Verdict.FAIL, proxy=proxy) for proxy in ("nginx", "caddy", "envoy")]

    assert answers.title(run(*cases, code=1)).endswith("survive nginx, caddy and envoy")


def test_headline_tells_the_exit_code() -> None:
    assert answers.headline(run(code=2)) == "not judged (exit 2)"


def test_findings_begin_with_the_gravest() -> None:
    found = [case.verdict.value for case in answers.findings(FULL)]

    assert found == ["fail", "error", "blocked", "warn", "waived"]


def test_a_stale_deviation_is_noticed() -> None:
    stale = run(CONTROL, result(Verdict.PASS, deviation=Deviation("it once failed")))

    assert list(answers.notices(stale)) == [
        "stale deviation: case_pass passes behind nginx; take the deviation out"
    ]


def test_a_deviation_is_not_stale_while_one_result_shows_it() -> None:
    known = Deviation("it is late")
    over_http2 = result(Verdict.PASS, id="late", version="http2", deviation=known)
    seen = result(Verdict.WAIVED, id="late", deviation=known)

    assert list(answers.notices(run(CONTROL, over_http2, seen))) == []


def test_a_deviation_of_another_proxy_or_case_keeps_none_alive() -> None:
    known = Deviation("it is late")
    stale = result(Verdict.PASS, id="late", deviation=known)
    elsewhere = result(Verdict.WAIVED, id="late", proxy="caddy", deviation=known)
    other = result(Verdict.WAIVED, id="other", deviation=known)

    assert answers.stale(run(CONTROL, stale, elsewhere, other)) == [("late", "nginx")]


def test_a_stale_deviation_is_told_once_for_all_its_results() -> None:
    twice = [result(Verdict.PASS, transport=each, deviation=Deviation("w")) for each in ("a", "b")]

    assert len(list(answers.notices(run(CONTROL, *twice)))) == 1


def test_a_deviation_that_comes_and_goes_is_never_stale() -> None:
    known = Deviation("its worker aborts now and then", intermittent=True)

    assert answers.stale(run(CONTROL, result(Verdict.PASS, deviation=known))) == []


def test_proxy_that_was_left_out_is_told_with_the_reason() -> None:
    partial = replace(run(CONTROL), left_out={"haproxy": "no 'haproxy' on this machine"})

    assert list(answers.notices(partial)) == ["haproxy was left out: no 'haproxy' on this machine"]


def test_a_run_without_control_is_noticed() -> None:
    alone = Run(started="", command="", exit=0, cases=(PASS,))

    assert list(answers.notices(alone)) == [
        "no control in this run: add --proxy direct to tell the proxy from the origin"
    ]


def test_an_anchor_is_safe_in_a_url() -> None:
    assert answers.anchor("burst", "nginx", None, "4 KiB/é") == "burst.nginx.4-KiB-é"


def test_where_a_result_was_got() -> None:
    assert answers.where(result(Verdict.PASS, variant="4096")) == "behind nginx over SSE, 4096"
    assert answers.where(result(Verdict.PASS, proxy="", transport=None)) == "without a proxy"


def test_a_cell_shortens_the_transport() -> None:
    case = result(Verdict.PASS, transport="websocket", variant="4096")

    assert answers.short_flavour(case) == "WS 4096"


def test_topics_keep_their_order() -> None:
    first = result(Verdict.PASS, requirement=requirement(topic="rollback"))

    assert answers.topics(run(first, PASS)) == ["rollback", "ordering"]
