"""The rules by which a result becomes a verdict and verdicts become an exit code. Pure.

One case, first rule that applies:

    skipped                 unsupported or blocked if a reason was declared, otherwise error
    broken set-up/call/end  error
    declared inconclusive   blocked
    failed                  waived if declared, warn for a should, otherwise fail
    passed                  unproven if no fault can kill the case, otherwise pass

The whole, first rule that applies:

    3  the harness itself was at fault: none of its verdicts can be trusted blindly
    1  a requirement failed: that stands, even if the run was cut short afterwards
    2  something was not judged: a problem, or no case with a verdict that counts
    0  proven
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from reports.model import CONTROL, CaseResult, Deviation, Kind, Problem, Verdict

TIMEOUT_NET = "Timeout (>"
"""How pytest-timeout begins: its net caught a wait without a deadline, which is no judgement."""


class Outcome(Enum):
    """What became of one case, as pytest saw it."""

    PASSED = auto()
    FAILED = auto()
    SKIPPED = auto()
    BROKEN_SETUP = auto()
    BROKEN_CALL = auto()
    BROKEN_TEARDOWN = auto()


@dataclass(frozen=True, slots=True)
class Claims:
    """What was declared about a case before or while it ran."""

    level: str = "must"
    unsupported: str = ""
    blocked: str = ""
    deviation: Deviation | None = None
    kills: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unproven: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, with the reason where the verdict alone does not tell."""

    verdict: Verdict
    reason: str = ""


def is_judgement(error: BaseException, fail: type[BaseException]) -> bool:
    """Whether an exception raised by a case says something about what was under test.

    An assertion, `pytest.fail` (passed as `fail`) and a deadline that passed do; so does any
    exception whose attribute `judgement` is true. Everything else is the harness stumbling.
    """
    if isinstance(error, BaseExceptionGroup):
        return all(is_judgement(part, fail) for part in error.exceptions)
    if isinstance(error, fail):
        return not str(error).startswith(TIMEOUT_NET)
    return isinstance(error, AssertionError | TimeoutError) or bool(
        getattr(error, "judgement", False)
    )


def judge(outcome: Outcome, claims: Claims, message: str = "") -> Judgement:
    """The verdict of one case, before the control has been looked at."""
    if outcome is Outcome.SKIPPED:
        return _skipped(claims, message)
    if outcome not in (Outcome.PASSED, Outcome.FAILED):
        return Judgement(Verdict.ERROR, _BROKEN[outcome])
    if claims.blocked:
        return Judgement(Verdict.BLOCKED, claims.blocked)
    return _failed(claims) if outcome is Outcome.FAILED else _passed(claims)


_BROKEN = {
    Outcome.BROKEN_SETUP: "the set-up failed before the case could judge anything",
    Outcome.BROKEN_CALL: "the harness stumbled while it was judging",
    Outcome.BROKEN_TEARDOWN: "the clean-up after the case failed",
}


def _skipped(claims: Claims, message: str) -> Judgement:
    if claims.unsupported:
        return Judgement(Verdict.UNSUPPORTED, claims.unsupported)
    if claims.blocked:
        return Judgement(Verdict.BLOCKED, claims.blocked)
    return Judgement(Verdict.ERROR, f"skipped without a declared reason: {message or 'none given'}")


def _failed(claims: Claims) -> Judgement:
    if claims.deviation is not None:
        return Judgement(Verdict.WAIVED, claims.deviation.why)
    return Judgement(Verdict.WARN if claims.level == "should" else Verdict.FAIL)


def _passed(claims: Claims) -> Judgement:
    if claims.unsupported:
        return Judgement(Verdict.ERROR, f"declared unsupported, yet it ran: {claims.unsupported}")
    doubt = _doubt(claims)
    if doubt:
        return Judgement(Verdict.UNPROVEN, doubt)
    if claims.deviation is not None:
        return Judgement(Verdict.PASS, f"it passes, though declared: {claims.deviation.why}")
    return Judgement(Verdict.PASS)


def _doubt(claims: Claims) -> str:
    """Why nothing shows that the case can fail; empty if something does."""
    if claims.unproven:
        return f"no fault can kill it: {claims.unproven}"
    if not claims.kills:
        return "the case names no fault that must make it fail"
    if set(claims.kills) <= set(claims.missing):
        return f"no such fault yet: {', '.join(claims.missing)}"
    return ""


def beside_control(cases: Sequence[CaseResult]) -> tuple[CaseResult, ...]:
    """The same results, with those blocked that fail without any proxy too."""
    control = {case.key: case for case in cases if case.proxy == CONTROL and _is_failure(case)}
    return tuple(_beside(case, control.get(case.key)) for case in cases)


def _beside(case: CaseResult, control: CaseResult | None) -> CaseResult:
    if control is None or case.proxy == CONTROL:
        return case
    if case.verdict not in (Verdict.FAIL, Verdict.WARN):
        return case
    reason = f"fails on {CONTROL} too, so it says nothing about {case.proxy}"
    return replace(case, verdict=Verdict.BLOCKED, reason=reason)


def _is_failure(case: CaseResult) -> bool:
    return case.verdict in (Verdict.FAIL, Verdict.WARN, Verdict.WAIVED)


def exit_code(cases: Sequence[CaseResult], problems: Iterable[Problem]) -> int:
    """The exit code of a run: the rules at the top of this module."""
    kinds = {problem.kind for problem in problems}
    if Kind.HARNESS in kinds:
        return 3
    if any(case.verdict is Verdict.FAIL for case in cases):
        return 1
    return 2 if kinds or not was_judged(cases) else 0


def was_judged(cases: Iterable[CaseResult]) -> bool:
    """Whether one case at least has a verdict that counts in the gate."""
    counts = (Verdict.PASS, Verdict.FAIL, Verdict.WARN, Verdict.WAIVED)
    return any(case.verdict in counts for case in cases)
