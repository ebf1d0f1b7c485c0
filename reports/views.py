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
_NUMBERS = re.compile(r"\b[0-9a-f]{8}\b|\d+", re.IGNORECASE)

Proof = tuple[str, ...]


def first_difference(case: Evidence, peer: Evidence) -> tuple[str, Proof] | None:
    """The view in which a failure first differs from a success, and both heads of it.

    Returns:
        `sent`, `received`, `answer` or `answered`, with the proof; None if none differs.
    """
    ours, theirs = case.requests, peer.requests
    for one, other in zip(ours, theirs, strict=False):
        found = _of_exchange(one, other)
        if found is not None:
            return found
    return None


def _of_exchange(one: Exchange, other: Exchange) -> tuple[str, Proof] | None:
    for view in ("sent", "received", "answer", "answered"):
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
    first = [_NUMBERS.sub("*", " ".join(head[0].split(" ")[:2]))] if head else []
    return first + sorted(filter(None, map(field_line, head[1:])))


def field_line(line: str) -> str:
    """A field as it is compared; empty for one that differs in every run."""
    name, _, value = line.partition(":")
    name = name.strip().lower()
    return "" if name in VOLATILE else _NUMBERS.sub("*", f"{name}: {value.strip()}")


WORDS = {
    "sent": "the client asked",
    "received": "the origin was asked",
    "answer": "the origin answered",
    "answered": "the client was answered",
}


def _proof(view: str, label: str, mine: Sequence[str], theirs: Sequence[str]) -> Proof:
    here = [line for line in mine if line not in theirs] or ["nothing of it"]
    there = [line for line in theirs if line not in mine] or ["nothing of it"]
    what = f"{label}: {WORDS[view]}"
    return (f"{what} here: {' | '.join(here[:3])}", f"where it passes: {' | '.join(there[:3])}")
