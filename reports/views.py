"""Four views of one case, held against those of a run of it that passed. Pure.

The client asks, the origin has the question, the origin answers, the client has the answer. The
first view that differs from that of a deployment in which the same case passes tells who was at
work last. What differs in every run, as keys, dates and ports, is left out.
"""

import re
from collections.abc import Sequence

from reports.evidence import Evidence, Exchange

VOLATILE = frozenset(
    (
        *("date", "sec-websocket-key", "sec-websocket-accept", "content-length", "user-agent"),
        *("x-request-id", "x-b3-traceid", "x-b3-spanid", "traceparent", "x-forwarded-port"),
        *("x-envoy-expected-rq-timeout-ms", "x-authentik-jwt", "x-authentik-uid"),
    )
)
_TOKEN = re.compile(r"(?i)(case(?:=|%3D))[0-9a-f]+")
_NUMBERS = re.compile(r"\b[0-9a-f]{8}\b|\d+", re.IGNORECASE)

Proof = tuple[str, ...]


def first_difference(case: Evidence, peer: Evidence) -> tuple[str, Proof] | None:
    """The view in which a failure first differs from a success, and both heads of it.

    Returns:
        `sent`, `received`, `answer` or `answered`, with the proof; None if none differs.
    """
    left = list(peer.requests)
    for one in case.requests:
        other = next((known for known in left if _is_same_question(one, known)), None)
        if other is not None:
            left.remove(other)
            found = _of_exchange(one, other)
        else:
            found = _unasked(one, left)
        if found is not None:
            return found
    return None


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
    first = [_masked(" ".join(head[0].split(" ")[:2]))] if head else []
    return first + sorted(filter(None, map(field_line, head[1:])))


def _masked(text: str) -> str:
    """Without the token of the case, and without what counts or is random."""
    return _NUMBERS.sub("*", _TOKEN.sub(r"\1*", text))


def field_line(line: str) -> str:
    """A field as it is compared; empty for one that differs in every run."""
    name, _, value = line.partition(":")
    name = name.strip().lower()
    return "" if name in VOLATILE else _masked(f"{name}: {value.strip()}")


UNASKED = "it was not asked"
WORDS = {
    "sent": "the client asked",
    "received": "the origin was asked",
    "answer": "the origin answered",
    "answered": "the client was answered",
}


def _proof(view: str, label: str, mine: Sequence[str], theirs: Sequence[str]) -> Proof:
    here = [line for line in mine if line not in theirs] or ["nothing of it"]
    there = [line for line in theirs if line not in mine] or ["nothing of it"]
    if view == "received" and not theirs:
        there = [UNASKED]
    what = f"{label}: {WORDS[view]}"
    return (f"{what} here: {' | '.join(here[:3])}", f"where it passes: {' | '.join(there[:3])}")
