"""Four views of one case, held against those of a run of it that passed. Pure.

The client asks, the origin has the question, the origin answers, the client has the answer. The
first view that differs from that of a deployment in which the same case passes tells who was at
work last. Between client and origin a gate is asked and decides: two views more, which tell the
proxy that asks from the gate. What differs in every run, as keys, dates and ports, is left out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.evidence import Decision, Evidence, Exchange

VOLATILE = frozenset(
    (
        *("date", "content-length", "user-agent"),
        *("x-request-id", "x-b3-traceid", "x-b3-spanid", "traceparent", "x-forwarded-port"),
        *("x-envoy-expected-rq-timeout-ms", "x-authentik-jwt", "x-authentik-uid"),
    )
)
# The value is new in each handshake; that there is one is the matter of both sides.
_NONCES = frozenset(("sec-websocket-key", "sec-websocket-accept"))
_TOKEN = re.compile(r"(?i)(case(?:=|%3D))[0-9a-f]+")
# How a page is told its fault; no view may see that there is one.
_SWITCH = re.compile(r"(?i)(?:&|%26)fault(?:=|%3D)[a-z0-9-]+")
_NUMBERS = re.compile(r"\b[0-9a-f]{8}\b|\d+", re.IGNORECASE)

Proof = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A difference: `sent`, `received`, `answer`, `answered`, `asked` or `decided`, and both heads.

    Attributes:
        by: who asked for it.
        at_ms: when.
    """

    view: str
    proof: Proof
    by: str = ""
    at_ms: float = 0.0


def first_difference(case: Evidence, peer: Evidence) -> Seen | None:
    """Where a failure first differs from a success, on either side of what is between."""
    left = list(peer.requests)
    for one in case.requests:
        other = next((known for known in left if _is_same_question(one, known)), None)
        if other is not None:
            left.remove(other)
            found = _of_exchange(one, other)
        else:
            found = _unasked(one, left)
        if found is not None:
            return Seen(*found, one.by, one.at_ms or 0.0)
    return None


def at_the_gate(case: Evidence, peer: Evidence) -> Seen | None:
    """Where the gate was first asked or decided otherwise; how often it was asked means nothing."""
    known: dict[tuple[str, ...], set[int]] = {}
    for one in peer.gate:
        known.setdefault(_question(one), set()).add(one.status)
    if not known:
        return None
    for one in case.gate:
        question = _question(one)
        if question not in known:
            near = max(known, key=lambda other: len({*other} & {*question}))
            return Seen("asked", _proof("asked", one.asked, question, near), at_ms=one.at_ms)
        if one.status not in known[question]:
            there = [f"status {status}" for status in sorted(known[question])]
            proof = _proof("decided", one.asked, [f"status {one.status}"], there)
            return Seen("decided", proof, at_ms=one.at_ms)
    return None


def alike_at_the_gate(case: Evidence, peer: Evidence) -> bool:
    """Whether the gate was asked, and only what it was asked where it passes, and answered so."""
    known = {_decision(one) for one in peer.gate}
    return bool(case.gate) and all(_decision(one) in known for one in case.gate)


def _decision(one: Decision) -> tuple[tuple[str, ...], int, tuple[str, ...]]:
    return _question(one), one.status, tuple(_compared(one.answered))


def _question(one: Decision) -> tuple[str, ...]:
    """What was asked; whether with a body is part of it."""
    bodies = [line for line in one.fields if line.lower().startswith("content-length:")]
    return _masked(one.asked), *_compared(one.fields), *map(_masked, bodies)


def _is_same_question(one: Exchange, other: Exchange) -> bool:
    return one.by == other.by and _normal(one.sent) == _normal(other.sent)


def _unasked(one: Exchange, left: Sequence[Exchange]) -> tuple[str, Proof] | None:
    """A question that nobody asked where it passes; an instrument asks by what it was answered."""
    if not one.by.startswith("client"):
        return None
    known = next((other.sent for other in left if other.by == one.by), ())
    return "sent", _proof("sent", one.label, _normal(one.sent), _normal(known))


def _of_exchange(one: Exchange, other: Exchange) -> tuple[str, Proof] | None:
    for view in ("received", "answer", "answered"):
        head, known = getattr(one, view), getattr(other, view)
        mine, theirs = _normal(head), _normal(known)
        if bool(mine) != bool(theirs) or _differs(mine, theirs):
            return view, _proof(view, one.label, mine, theirs)
    return None


def _differs(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether two heads differ; of one side the status alone may have been kept."""
    if min(len(mine), len(theirs)) == 1:
        return mine[:1] != theirs[:1]
    return mine != theirs


def _normal(head: Sequence[str]) -> list[str]:
    """A head without what differs in every run; its order counts for nothing between products."""
    return [_first(head[0]), *_compared(head[1:])] if head else []


def _first(line: str) -> str:
    """The status of a response, or method and target of a request; either version is one."""
    words = line.split(" ")[:2]
    return f"status {words[-1]}" if words[0].startswith("HTTP/") else _masked(" ".join(words))


def _compared(fields: Iterable[str]) -> list[str]:
    return sorted(filter(None, map(field_line, fields)))


def _masked(text: str) -> str:
    """Without the token of the case and its fault, and without what counts or is random."""
    return _NUMBERS.sub("*", _TOKEN.sub(r"\1*", _SWITCH.sub("", text)))


def field_line(line: str) -> str:
    """A field as it is compared; empty for one that differs in every run."""
    name, _, value = line.partition(":")
    name = name.strip().lower()
    if name in VOLATILE:
        return ""
    return name if name in _NONCES else _masked(f"{name}: {value.strip()}")


UNASKED = "it was not asked"
WORDS = {
    "sent": "the client asked",
    "received": "the origin was asked",
    "answer": "the origin answered",
    "answered": "the client was answered",
    "asked": "the outpost was asked",
    "decided": "the outpost decided",
}


def _proof(view: str, label: str, mine: Sequence[str], theirs: Sequence[str]) -> Proof:
    here = [line for line in mine if line not in theirs] or ["nothing of it"]
    there = [line for line in theirs if line not in mine] or ["nothing of it"]
    if view == "received" and not theirs:
        there = [UNASKED]
    what = f"{label}: {WORDS[view]}"
    return (f"{what} here: {' | '.join(here[:3])}", f"where it passes: {' | '.join(there[:3])}")


GIVEN_UP = re.compile(r"client closed over (\w+): (.+)")


def given_up(case: Evidence, peer: Evidence) -> Proof | None:
    """Where a client ended for good, by its own word, for what it goes on after where it passes."""
    borne = {mark.what: mark for mark in peer.marks}
    for mark in case.marks:
        if (over := GIVEN_UP.fullmatch(mark.what)) is None:
            continue
        if known := borne.get(f"client waiting over {over[1]}: {over[2]}"):
            return (f"{mark.what} at {mark.at_ms} ms", f"where it passes: {known.what}")
    return None
