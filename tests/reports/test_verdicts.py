import pytest

from reports.model import CaseResult, Deviation, Kind, Problem, Verdict
from reports.verdicts import (
    Claims,
    Judgement,
    Outcome,
    beside_control,
    exit_code,
    is_judgement,
    judge,
)
from tests.reports.sample import result

KILLS = ("reorders",)
KNOWN = Deviation("it always did", "issue 7")


class SaysSo(Exception):
    judgement = True


@pytest.mark.parametrize(
    ("outcome", "claims", "verdict"),
    [
        (Outcome.PASSED, Claims(kills=KILLS), Verdict.PASS),
        (Outcome.PASSED, Claims(), Verdict.UNPROVEN),
        (Outcome.PASSED, Claims(kills=KILLS, missing=KILLS), Verdict.UNPROVEN),
        (Outcome.PASSED, Claims(kills=(*KILLS, "drops"), missing=KILLS), Verdict.PASS),
        (Outcome.PASSED, Claims(kills=KILLS, unproven="no relay"), Verdict.UNPROVEN),
        (Outcome.PASSED, Claims(kills=KILLS, deviation=KNOWN), Verdict.PASS),
        (Outcome.PASSED, Claims(kills=KILLS, unsupported="no gate"), Verdict.ERROR),
        (Outcome.PASSED, Claims(kills=KILLS, blocked="too slow here"), Verdict.BLOCKED),
        (Outcome.FAILED, Claims(level="must"), Verdict.FAIL),
        (Outcome.FAILED, Claims(level="practice"), Verdict.FAIL),
        (Outcome.FAILED, Claims(level="should"), Verdict.WARN),
        (Outcome.FAILED, Claims(level="must", deviation=KNOWN), Verdict.WAIVED),
        (Outcome.FAILED, Claims(level="should", deviation=KNOWN), Verdict.WAIVED),
        (Outcome.FAILED, Claims(unproven="no relay"), Verdict.FAIL),
        (Outcome.FAILED, Claims(unsupported="no gate"), Verdict.FAIL),
        (Outcome.FAILED, Claims(blocked="too slow here"), Verdict.BLOCKED),
        (Outcome.SKIPPED, Claims(unsupported="no gate"), Verdict.UNSUPPORTED),
        (Outcome.SKIPPED, Claims(blocked="too slow here"), Verdict.BLOCKED),
        (Outcome.SKIPPED, Claims(kills=KILLS), Verdict.ERROR),
        (Outcome.BROKEN_SETUP, Claims(unsupported="no gate"), Verdict.ERROR),
        (Outcome.BROKEN_CALL, Claims(deviation=KNOWN), Verdict.ERROR),
        (Outcome.BROKEN_TEARDOWN, Claims(kills=KILLS), Verdict.ERROR),
    ],
)
def test_verdict_of_one_case(outcome: Outcome, claims: Claims, verdict: Verdict) -> None:
    assert judge(outcome, claims).verdict is verdict


def test_a_skip_without_a_declared_reason_says_what_pytest_said() -> None:
    judgement = judge(Outcome.SKIPPED, Claims(), "not today")

    assert judgement == Judgement(Verdict.ERROR, "skipped without a declared reason: not today")


def test_a_deviation_that_passes_says_so() -> None:
    judgement = judge(Outcome.PASSED, Claims(kills=KILLS, deviation=KNOWN))

    assert judgement.reason == "it passes, though declared: it always did"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (AssertionError("1 != 2"), True),
        (TimeoutError("no event within 2.0 s"), True),
        (SaysSo(), True),
        (pytest.fail.Exception("declared"), True),
        (pytest.fail.Exception("Timeout (>60.0s) from pytest-timeout."), False),
        (KeyError("x"), False),
        (ConnectionResetError(), False),
        (ExceptionGroup("tasks", [AssertionError(), TimeoutError()]), True),
        (ExceptionGroup("tasks", [AssertionError(), KeyError("x")]), False),
    ],
)
def test_only_a_judgement_says_something_of_the_subject(
    error: BaseException, expected: bool
) -> None:
    assert is_judgement(error, pytest.fail.Exception) is expected


def behind(proxy: str, verdict: Verdict, **changes: object) -> CaseResult:
    return result(verdict, id="order", proxy=proxy, **changes)


@pytest.mark.parametrize("control", [Verdict.FAIL, Verdict.WARN, Verdict.WAIVED])
def test_what_fails_on_direct_is_not_blamed_on_a_proxy(control: Verdict) -> None:
    judged = beside_control([behind("nginx", Verdict.FAIL), behind("direct", control)])

    assert [case.verdict for case in judged] == [Verdict.BLOCKED, control]
    assert judged[0].reason == "fails on direct too, so it says nothing about nginx"


@pytest.mark.parametrize(
    "control",
    [
        behind("direct", Verdict.PASS),
        behind("direct", Verdict.ERROR),
        behind("direct", Verdict.FAIL, transport="websocket"),
        behind("direct", Verdict.FAIL, variant="4096"),
    ],
)
def test_only_the_same_case_on_direct_excuses_a_proxy(control: CaseResult) -> None:
    judged = beside_control([control, behind("nginx", Verdict.FAIL)])

    assert judged[1].verdict is Verdict.FAIL


def test_a_pass_behind_a_proxy_stands_beside_a_failed_control() -> None:
    judged = beside_control([behind("direct", Verdict.FAIL), behind("nginx", Verdict.PASS)])

    assert judged[1].verdict is Verdict.PASS


LOST = Problem(Kind.NOT_JUDGED, "1 planned but never ran: order")
BROKEN = Problem(Kind.HARNESS, "internal error")


@pytest.mark.parametrize(
    ("verdicts", "problems", "code"),
    [
        ([Verdict.PASS], [], 0),
        ([Verdict.PASS, Verdict.UNSUPPORTED, Verdict.UNPROVEN], [], 0),
        ([Verdict.WARN], [], 0),
        ([Verdict.WAIVED], [], 0),
        ([Verdict.PASS, Verdict.FAIL], [], 1),
        ([Verdict.FAIL, Verdict.UNPROVEN], [], 1),
        ([Verdict.FAIL], [LOST], 1),
        ([Verdict.PASS], [LOST], 2),
        ([], [], 2),
        ([Verdict.UNSUPPORTED], [], 2),
        ([Verdict.UNPROVEN], [], 2),
        ([Verdict.BLOCKED], [], 2),
        ([Verdict.PASS], [BROKEN], 3),
        ([Verdict.FAIL], [LOST, BROKEN], 3),
    ],
)
def test_exit_code(verdicts: list[Verdict], problems: list[Problem], code: int) -> None:
    assert exit_code([result(verdict) for verdict in verdicts], problems) == code
