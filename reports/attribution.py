"""Who is to blame for a failed case: client, proxy, outpost, origin, or *unknown*. Pure.

The rules, the first that applies:

    it passes without a proxy     what stands between is to blame: the same client and the same
                                  origin have just shown that they can
    nothing stands between        client or origin: see `_ends`
    it cannot run without a proxy  what the two sides tell differently is the doing of what is
                                  between them; otherwise as above

The fault that was put into a deployment is never looked at: it is what this is measured by.
"""

from collections.abc import Sequence
from dataclasses import replace

from reports.differences import Difference, differences
from reports.model import CONTROL, Blame, CaseResult, Verdict
from reports.suspicions import against_client, against_origin
from reports.verdicts import Outcome

UNKNOWN = "unknown"
SHOWN = 4
"""So many lines of proof are shown."""


def blamed(case: CaseResult, control: CaseResult | None) -> Blame:
    """Who is to blame for a failure.

    Args:
        case: the failure.
        control: the same case without a proxy, if it ran there.
    """
    told = differences(case.evidence)
    if not case.path:
        return _ends(case, told)
    if control is not None and control.outcome == "passed":
        why = f"it passes on {CONTROL}: this client and this origin can do it"
        return Blame(_between(case), why, _proof(told))
    if control is not None and control.outcome == "failed":
        return Blame(UNKNOWN, f"it fails on {CONTROL} too: look there", _proof(told))
    if told:
        why = "what left one side is not what came to the other"
        return Blame(_between(case), why, _proof(told))
    return _ends(case, told)


def _between(case: CaseResult) -> str:
    """The nearest tier that stands between; one that is asked by it is named by its own record."""
    return case.path[0]


def _ends(case: CaseResult, told: Sequence[Difference]) -> Blame:
    """Client or origin: an instrument is neither, and a recording may speak against one of both."""
    watched = [role.strip() for role in case.requirement.watches.split(",")]
    if not any(request.by.startswith("client") for request in case.evidence.requests):
        return Blame("origin", "nothing but instruments asked it", _proof(told))
    client = list(against_client(case.evidence))
    origin = list(against_origin(case.evidence))
    if client and origin:
        return Blame(UNKNOWN, "the recording speaks against both ends", (*client[0], *origin[0]))
    if client:
        return Blame("client", "it did not do by what came to it", client[0])
    if origin:
        return Blame("origin", "what it sent is not what was asked of it", origin[0])
    if watched == ["client"]:
        return Blame("client", "the origin kept its part; the case watches the client alone")
    return Blame(UNKNOWN, "client and origin were both there", _proof(told))


def _proof(told: Sequence[Difference]) -> tuple[str, ...]:
    return tuple(line for difference in told for line in difference.shown)[:SHOWN]


def is_blamed(case: CaseResult) -> bool:
    """Whether a result asks for somebody to blame."""
    failed = (Verdict.FAIL, Verdict.WARN, Verdict.WAIVED, Verdict.BLOCKED)
    return case.outcome == Outcome.FAILED.name.lower() and case.verdict in failed


def with_blame(cases: Sequence[CaseResult]) -> tuple[CaseResult, ...]:
    """The same results; each failure says who is to blame."""
    control = {case.key: case for case in cases if case.proxy == CONTROL and not case.fault}
    return tuple(
        replace(case, blame=blamed(case, control.get(case.key))) if is_blamed(case) else case
        for case in cases
    )
