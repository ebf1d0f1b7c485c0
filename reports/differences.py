"""Where the two sides of one recording tell different stories: what proves a tier's guilt. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reports.evidence import Close, Delivery, Evidence, Exchange

GAP = "gap"
"""What stands for the id of a message that announces a gap."""

LATE = 400.0
"""Milliseconds between sending and arrival that no idle machine needs on its own loopback."""


class Kind(StrEnum):
    """What is different."""

    UNSEEN = "unseen"  # the origin never had the request
    UNSENT = "unsent"  # it had one more often than it was sent
    STATUS = "status"  # the answer that came is not the one that was given
    ANSWER = "answer"  # its fields are not
    LOST = "lost"  # an event was sent and did not come, though a later one did
    LATE = "late"
    TWICE = "twice"  # an event came more often than it was sent
    END = "end"  # the sides saw the stream end in different ways
    CUT = "cut"  # a stream on which something had just been sent ended, and neither side ended it


@dataclass(frozen=True, slots=True)
class Difference:
    """One of them, and the two heads or moments side by side."""

    kind: Kind
    shown: tuple[str, ...]


def differences(evidence: Evidence) -> list[Difference]:
    """All of them, what was asked before what came."""
    return [
        *_heads(evidence.requests),
        *_events(evidence.events),
        *_ends(evidence.closes),
        *_cuts(evidence),
    ]


def _heads(requests: Sequence[Exchange]) -> Iterator[Difference]:
    for request in requests:
        if request.sent and not request.received:
            came = request.answered[0].strip() if request.answered else "no answer"
            shown = (f"client sent {request.sent[0]}, got {came}", "origin saw no such request")
            yield Difference(Kind.UNSEEN, shown)
        elif request.received and not request.sent:
            shown = (f"origin received {request.received[0]}", "client sent no such request")
            yield Difference(Kind.UNSENT, shown)
        elif request.answer and request.answered:
            yield from _answers(request)


def _answers(request: Exchange) -> Iterator[Difference]:
    gave, got = _status(request.answer), _status(request.answered)
    if gave != got:
        shown = (f"origin answered {gave} to {request.label}", f"client got {got}")
        yield Difference(Kind.STATUS, shown)
    elif len(request.answered) > 1:
        yield from _fields(request)


PASSED_ON = ("content-type", "set-cookie", "sec-websocket-protocol")
"""Response fields that a gateway relays as they are, in number and value."""


def _fields(request: Exchange) -> Iterator[Difference]:
    for name in PASSED_ON:
        gave, got = (_values(head, name) for head in (request.answer, request.answered))
        if gave != got:
            shown = (f"origin gave {name}: {gave or 'none'}", f"client got {got or 'none'}")
            yield Difference(Kind.ANSWER, shown)


def _values(head: Sequence[str], name: str) -> list[str]:
    pairs = (line.partition(":") for line in head[1:])
    return [value.strip() for known, _, value in pairs if known.strip().lower() == name]


def _status(head: Sequence[str]) -> str:
    words = head[0].split(" ")
    return words[1] if len(words) > 1 else ""


def _events(events: Sequence[Delivery]) -> Iterator[Difference]:
    arrived = [event for event in events if event.received_ms is not None]
    for event in events:
        if event.id in ("", GAP):
            continue
        if event.sent_ms is None:
            shown = (
                f"{event.id} came at {_at(event.received_ms)}",
                "the origin did not send it so",
            )
            yield Difference(Kind.TWICE, shown)
        elif event.received_ms is None:
            if _later(event, arrived):
                shown = (f"origin sent {event.id} at {_at(event.sent_ms)}", "client never had it")
                yield Difference(Kind.LOST, shown)
        elif event.received_ms - event.sent_ms > LATE:
            shown = (
                f"origin sent {event.id} at {_at(event.sent_ms)}",
                f"client had it at {_at(event.received_ms)}",
            )
            yield Difference(Kind.LATE, shown)


def _later(event: Delivery, arrived: Sequence[Delivery]) -> bool:
    sent = event.sent_ms or 0.0
    return any(
        other.stream == event.stream and other.sent_ms is not None and other.sent_ms > sent
        for other in arrived
    )


def _at(milliseconds: float | None) -> str:
    return f"{milliseconds or 0.0:.1f} ms"


def _ends(closes: Sequence[Close]) -> Iterator[Difference]:
    for stream in dict.fromkeys(close.stream for close in closes):
        sides = {close.by.partition(" (")[0]: close for close in closes if close.stream == stream}
        ours, theirs = sides.get("the origin"), sides.get("the client")
        if ours and theirs and theirs.code is not None and ours.code != theirs.code:
            shown = tuple(
                f"stream {stream}: {close.by} saw {close.code} {close.reason} at {close.at_ms} ms"
                for close in (ours, theirs)
            )
            yield Difference(Kind.END, shown)


def _cuts(evidence: Evidence) -> Iterator[Difference]:
    """Streams that were cut while they were busy; one that was silent may have been given up."""
    for stream in dict.fromkeys(close.stream for close in evidence.closes):
        ends = [close for close in evidence.closes if close.stream == stream]
        lost = next((close for close in ends if close.by == "the origin (loss)"), None)
        seen = next((close for close in ends if _is_cut(close)), None)
        newest = _newest(evidence.events, stream, lost.at_ms) if lost else None
        if lost and seen and newest and lost.at_ms - (newest.sent_ms or 0.0) < LATE:
            shown = (
                f"origin sent {newest.id} at {_at(newest.sent_ms)} and lost it at {lost.at_ms} ms",
                f"{seen.by} saw stream {stream} cut off",
            )
            yield Difference(Kind.CUT, shown)


def _is_cut(close: Close) -> bool:
    """Whether a client saw its stream break off; what it ends itself it does not see so."""
    if close.by == "client":
        return close.reason.startswith("cut off")
    unclean = close.code == 1006 or (close.code is None and bool(close.reason))
    return close.by == "the client" and unclean


def _newest(events: Sequence[Delivery], stream: str, until: float) -> Delivery | None:
    """What the origin sent last on a stream before a moment."""
    mine = [one for one in events if one.stream == stream and one.sent_ms is not None]
    before = [one for one in mine if (one.sent_ms or 0.0) <= until]
    return max(before, key=lambda one: one.sent_ms or 0.0, default=None)
