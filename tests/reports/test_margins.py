from reports.margins import measured, nearest
from reports.model import Margin, Verdict
from tests.reports.sample import result, run

LIMIT = 0.035


def test_a_margin_in_words() -> None:
    assert measured(Margin("wait", 0.0012, LIMIT)) == "1.2 of 35 ms (3%)"


def test_each_thing_measured_is_told_once_by_what_came_nearest() -> None:
    near, far = Margin("wait", 0.02, LIMIT), Margin("wait", 0.01, LIMIT)
    there = result(Verdict.PASS, proxy="caddy", margins=(near,))
    found = run(result(Verdict.PASS, margins=(far,)), there, result(Verdict.PASS, margins=(far,)))

    assert nearest(found) == [(there, near)]


def test_cases_limits_and_things_stand_apart_the_nearest_first() -> None:
    margins = (Margin("wait", 0.01, 1.0), Margin("wait", 0.01, LIMIT), Margin("end", 0.5, 1.0))
    other = result(Verdict.PASS, id="other", margins=(Margin("wait", 0.9, 1.0),))

    shares = [
        margin.share for _, margin in nearest(run(result(Verdict.PASS, margins=margins), other))
    ]

    assert [round(share, 2) for share in shares] == [0.9, 0.5, 0.29, 0.01]


def test_what_failed_or_was_not_judged_is_no_margin() -> None:
    late = (Margin("wait", 1.0, LIMIT),)
    cases = [result(verdict, margins=late) for verdict in Verdict if verdict is not Verdict.PASS]

    assert nearest(run(*cases)) == []
