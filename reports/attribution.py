"""Who is to blame for a failed case: client, proxy, outpost, origin, or *unknown*. Pure.

The rules, the first that applies:

    it passes without a proxy      what stands between is to blame: the same client and the same
                                   origin have just shown that they can
    nothing stands between         client or origin: whom the recording speaks against, see `_ends`
    it cannot run without a proxy  what the two sides tell differently is the doing of what is
                                   between them; where they agree, whoever is the first to differ
                                   from a deployment in which the case passes

Of two tiers between, the proxy is named unless the outpost failed at a question of this case: then
either may be the cause of the other. The fault that was put into a deployment is never looked at:
it is what this is measured by.
"""

from collections.abc import Sequence
from dataclasses import replace

from reports.differences import Difference, Kind, differences
from reports.evidence import Decision, Evidence
from reports.model import CONTROL, Blame, CaseResult, Verdict
from reports.suspicions import against_client, against_origin, wrong_replays
from reports.verdicts import Outcome
from reports.views import (
    WORDS,
    Seen,
    alike_at_the_gate,
    at_the_gate,
    field_line,
    first_difference,
    given_up,
)

UNKNOWN = "unknown"
BY_ORIGIN = "the origin (origin)"
SHOWN = 4
"""So many lines of proof are shown."""


def with_blame(cases: Sequence[CaseResult]) -> tuple[CaseResult, ...]:
    """The same results; each failure says who is to blame."""
    passed = [case for case in cases if case.outcome == "passed" and not case.fault]
    control = {case.key: case for case in cases if case.proxy == CONTROL and not case.fault}
    near = {(case.key, case.proxy): case for case in passed}
    far = {case.key: case for case in passed if case.path}

    def concluded(case: CaseResult) -> CaseResult:
        peer = near.get((case.key, case.proxy)) or far.get(case.key)
        return replace(case, blame=blamed(case, control.get(case.key), peer))

    return tuple(concluded(case) if is_blamed(case) else case for case in cases)


def is_blamed(case: CaseResult) -> bool:
    """Whether a result asks for somebody to blame."""
    failed = (Verdict.FAIL, Verdict.WARN, Verdict.WAIVED, Verdict.BLOCKED)
    judged = case.outcome == Outcome.FAILED.name.lower() and case.verdict in failed
    return judged and not case.declared.get("blocked")


def blamed(case: CaseResult, control: CaseResult | None, peer: CaseResult | None = None) -> Blame:
    """Who is to blame for a failure.

    Args:
        case: the failure.
        control: the same case without a proxy, if it ran there.
        peer: the same case behind a proxy, if it passed there.
    """
    if not case.evidence.requests:
        return Blame(UNKNOWN, "no request of it was recorded")
    told = differences(case.evidence)
    if not case.path:
        return _ends(case, told)
    if control is None or control.outcome not in _JUDGED:
        return _alone(case, told, peer)
    if control.outcome == "passed":
        why = f"it passes on {CONTROL}: this client and this origin can do it"
        return _between(case, why, told)
    return Blame(UNKNOWN, f"it fails on {CONTROL} too: look there", _proof(told))


_JUDGED = ("passed", "failed")


def _alone(case: CaseResult, told: Sequence[Difference], peer: CaseResult | None) -> Blame:
    """A case that says nothing without a proxy."""
    client = next(against_client(case.evidence), None)
    if client := client or (given_up(case.evidence, peer.evidence) if peer else None):
        return Blame("client", "it did not do by what came to it", client)
    unusual = _unusual(told, peer)
    if _is_of_client(case):
        unusual = [one for one in unusual if one.kind not in OF_ASKING]
    if unusual:
        return _between(case, "what left one side is not what came to the other", unusual)
    return _beside(case, peer)


OF_ASKING = (Kind.UNSEEN, Kind.UNSENT, Kind.TWICE)
"""What a client brings about by how it asks."""


def _is_of_client(case: CaseResult) -> bool:
    """Whether a reference client is watched, which asks by what it was answered."""
    return _has_client(case) and "client" in case.requirement.watches


def _unusual(told: Sequence[Difference], peer: CaseResult | None) -> list[Difference]:
    """What is not so where the case passes: a gate keeps much from the origin, as it should."""
    usual = {one.kind for one in differences(peer.evidence)} if peer else {Kind.UNSEEN, Kind.UNSENT}
    return [one for one in told if one.kind not in usual]


def _beside(case: CaseResult, peer: CaseResult | None) -> Blame:
    """The two sides agree with one another: who was the first to differ from where it passes?"""
    if peer is None:
        return Blame(UNKNOWN, "the sides agree, and nothing else is known of this case")
    if replay := next(wrong_replays(case.evidence), ()):
        return Blame("origin", "it was asked to go on after an event, and did not", replay)
    found = first_difference(case.evidence, peer.evidence)
    if found is None or found.view in ("received", "answered"):
        found = _at_the_gate(case, peer) or found
    if found:
        return _by_view(case, peer, found)
    if proof := next(against_origin(case.evidence), ()) or _never_ended(case, peer):
        return Blame("origin", "it was asked as where it passes, and did otherwise", proof)
    return Blame(UNKNOWN, "the sides agree, and nothing else is known of this case")


def _at_the_gate(case: CaseResult, peer: CaseResult) -> Seen | None:
    """What differs at a gate of its own; the outpost's own proxy mode is asked by the client."""
    alike = case.proxy == peer.proxy and len(case.path) > 1
    return at_the_gate(case.evidence, peer.evidence) if alike else None


def _by_view(case: CaseResult, peer: CaseResult, found: Seen) -> Blame:
    view, proof = found.view, found.proof
    why = f"{WORDS[view]} otherwise than behind {peer.proxy}, where it passes"
    if view == "sent" and _had_no_reason(case.evidence, peer.evidence, found):
        return Blame("client", f"{why}, and nothing else had come to it", proof)
    if doubt := _doubt(case, found):
        return Blame(UNKNOWN, f"{why}; {doubt}", proof)
    if view in OF_ITSELF:
        return Blame(OF_ITSELF[view], why, proof)
    if len(case.path) > 1 and _outpost_was_as_ever(case, peer):
        return Blame("proxy", f"{why}: the outpost was asked the same and answered the same", proof)
    if len(case.path) > 1 and _asked(case) > _asked(peer) and _let_in_by_outpost(case):
        return Blame(UNKNOWN, f"{why}: the outpost let it in; proxy or outpost", proof)
    return _said_by_outpost(case, view, why, proof)


def _doubt(case: CaseResult, found: Seen) -> str:
    """Why a difference may be owed to what the client had before; empty if it cannot."""
    if found.view == "sent" or (_is_of_client(case) and found.by.startswith("client")):
        return "it may have had reason to"
    if found.view in ("received", "asked") and _asked_unseen(case):
        return "what the page asked was not seen"
    return ""


def _asked_unseen(case: CaseResult) -> bool:
    """Whether a client is watched of whose requests only the far side was recorded: a browser."""
    unseen = any(not one.sent for one in case.evidence.requests)
    return unseen and "client" in case.requirement.watches


def _outpost_was_as_ever(case: CaseResult, peer: CaseResult) -> bool:
    return case.proxy == peer.proxy and alike_at_the_gate(case.evidence, peer.evidence)


OF_ITSELF = {"answer": "origin", "asked": "proxy", "decided": "outpost"}
"""Who alone can make a view differ, if nothing before it does."""


def _had_no_reason(case: Evidence, peer: Evidence, found: Seen) -> bool:
    """Whether a client that asked otherwise had lost no stream more than where it passes."""
    words = [mark.what for mark in peer.marks]
    said = [mark.what for mark in case.marks if mark.at_ms <= found.at_ms]
    lost = [what for what in said if what.startswith("client waiting")]
    return bool(said) and all(lost.count(what) <= words.count(what) for what in lost)


def _said_by_outpost(case: CaseResult, view: str, why: str, proof: tuple[str, ...]) -> Blame:
    """What was said and should not have been may be the outpost's own word, only passed on."""
    said = (field_line(line) for one in case.evidence.gate for line in one.answered)
    told = next((line for line in said if line and line in proof[0]), "")
    if told and len(case.path) > 1:
        shown = (*proof, f"the outpost answered {told}")
        return Blame("outpost" if view == "received" else UNKNOWN, f"{why}, by its word", shown)
    return replace(_between(case, why, ()), proof=proof)


def _let_in_by_outpost(case: CaseResult) -> bool:
    """Whether the outpost said yes to everything that the origin was asked."""
    allowed = sum(map(_is_yes, case.evidence.gate))
    return 0 < _asked(case) <= allowed


def _is_yes(decision: Decision) -> bool:
    return 200 <= decision.status < 300


def _asked(case: CaseResult) -> int:
    """How many requests came to the origin, of those that were kept."""
    return sum(bool(request.received) for request in case.evidence.requests)


def _never_ended(case: CaseResult, peer: CaseResult) -> tuple[str, ...]:
    """Streams that the origin ends where the case passes, and here it does not."""
    ended = [close for close in peer.evidence.closes if close.by == BY_ORIGIN]
    ours = {close.code for close in case.evidence.closes if close.by == BY_ORIGIN}
    missing = [close for close in ended if close.code not in ours]
    if not missing or _was_assured(case):
        return ()
    shown = f"where it passes, the origin ends stream {missing[0].stream} with {missing[0].code}"
    return (shown, "here it ends none with that")


def _between(case: CaseResult, why: str, told: Sequence[Difference]) -> Blame:
    """The nearest tier that stands between, unless the other one has failed as well."""
    failed = [one for one in case.evidence.gate if one.status >= 500]
    if len(case.path) > 1 and failed:
        shown = f"the outpost answered {failed[0].status} to {failed[0].asked}"
        return Blame(UNKNOWN, f"{why}; proxy or outpost", (shown, *_proof(told)))
    return Blame(case.path[0], why, _proof(told))


def _ends(case: CaseResult, told: Sequence[Difference]) -> Blame:
    """Client or origin: an instrument is neither, and a recording may speak against one of both."""
    if not _has_client(case):
        return Blame("origin", "nothing but instruments asked it", _proof(told))
    client = next(against_client(case.evidence), None)
    origin = next(against_origin(case.evidence), None)
    if client and origin:
        return Blame(UNKNOWN, "the recording speaks against both ends", (*client, *origin))
    if client:
        return Blame("client", "it did not do by what came to it", client)
    if origin:
        return Blame("origin", "what it sent is not what was asked of it", origin)
    unseen = _asked_unseen(case) and _nothing_was_sent(case.evidence)
    if case.requirement.watches == "client" and not unseen:
        return Blame("client", "nothing speaks against the origin; the client alone is watched")
    return Blame(UNKNOWN, "client and origin were both there", _proof(told))


def _nothing_was_sent(recording: Evidence) -> bool:
    """Whether something was published while streams were there, and the origin sent none of it."""
    sent = any(event.sent_ms is not None for event in recording.events)
    return bool(recording.published and recording.streams) and not sent


SETTLED = 100.0
"""Milliseconds after which a question to the outpost is none of those that opened the streams."""


def _was_assured(case: CaseResult) -> bool:
    """Whether the outpost went on to say yes once the streams were open: the origin asks it too."""
    opened = max((stream.at_ms for stream in case.evidence.streams), default=0.0)
    return any(_is_yes(one) and one.at_ms > opened + SETTLED for one in case.evidence.gate)


def _has_client(case: CaseResult) -> bool:
    """Whether the reference client took part, and not only instruments."""
    recording = case.evidence
    names = [request.by for request in recording.requests]
    names += [event.reader for event in recording.events]
    names += [stream.reader for stream in recording.streams]
    return any(name.startswith("client") for name in names)


def _proof(told: Sequence[Difference]) -> tuple[str, ...]:
    return tuple(line for difference in told for line in difference.shown)[:SHOWN]
