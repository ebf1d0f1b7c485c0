"""The recording of one case, from both sides: what was sent, what arrived, when, and how it ended.

Times are `time.monotonic()` seconds on the way in, milliseconds since the start on the way out.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from proxyproof.wire.head import Head, lines
from proxyproof.wire.pseudonyms import Pseudonyms

LIMIT = 200  # entries of each kind in the evidence; the rest is counted, not shown

Item = TypeVar("Item")
Key = tuple[int, str, str]


@dataclass
class Delivery:
    """One event on one stream: when the origin sent it and when the client had it."""

    stream: int
    id: str
    type: str
    transport: str = ""
    sent: float | None = None
    received: float | None = None

    @property
    def key(self) -> Key:
        """What the two sides know it by."""
        return self.stream, self.id, self.type

    @property
    def at(self) -> float:
        """The first that is known of it."""
        return min(at for at in (self.sent, self.received) if at is not None)


class Recording:
    """Collects what both sides saw; `evidence()` is what a report shows of it.

    Args:
        clock: Gives the present time in seconds.
        pseudonyms: Names for the secret values; shared over a run if they are to agree.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        pseudonyms: Pseudonyms | None = None,
    ) -> None:
        self._clock = clock
        self._start = clock()
        self._pseudonyms = pseudonyms or Pseudonyms()
        self._requests: list[dict[str, Any]] = []
        self._deliveries: list[Delivery] = []
        self._unsent: dict[Key, deque[Delivery]] = {}
        self._unreceived: dict[Key, deque[Delivery]] = {}
        self._marks: list[tuple[float, str]] = []
        self._output: list[str] = []
        self._notes: list[str] = []

    def exchange(self, label: str, sent: Head | bytes, received: Head | bytes = b"") -> None:
        """Keep the heads of a request and of its response, or of a request on both sides."""
        self._requests.append(
            {"label": label, "sent": self._head(sent), "received": self._head(received)}
        )

    def sent(
        self,
        stream: int,
        event_id: str,
        event_type: str,
        *,
        transport: str = "",
        at: float | None = None,
    ) -> None:
        """The origin sent an event on a stream."""
        delivery = self._delivery(self._unsent, Delivery(stream, event_id, event_type, transport))
        delivery.sent = self._at(at)
        if delivery.received is None:
            self._unreceived.setdefault(delivery.key, deque()).append(delivery)

    def received(
        self,
        stream: int,
        event_id: str,
        event_type: str,
        *,
        transport: str = "",
        at: float | None = None,
    ) -> None:
        """The client received an event; a second time is a delivery of its own."""
        delivery = self._delivery(
            self._unreceived, Delivery(stream, event_id, event_type, transport)
        )
        delivery.received = self._at(at)
        if delivery.sent is None:
            self._unsent.setdefault(delivery.key, deque()).append(delivery)

    def closed(
        self, stream: int, by: str, code: int | None, reason: str = "", at: float | None = None
    ) -> None:
        """A side saw a stream end; without a code it ended without one."""
        how = "without a code" if code is None else f"with {code} {reason}".rstrip()
        self.mark(f"stream {stream}: {by} saw it end {how}", at)

    def mark(self, what: str, at: float | None = None) -> None:
        """Something happened that explains the timeline: a cut, a restart, a status."""
        self._marks.append((self._at(at), what))

    def output(self, text: str) -> None:
        """Output of a process under test, one or more lines."""
        self._output += text.splitlines()

    def note(self, text: str) -> None:
        """A sentence for the reader."""
        self._notes.append(text)

    def evidence(self) -> dict[str, Any]:
        """Everything as JSON values: bounded, without secrets, times from the start."""
        notes = list(self._notes)
        deliveries = sorted(self._deliveries, key=lambda delivery: delivery.at)
        marks = sorted(self._marks, key=lambda mark: mark[0])
        shown: dict[str, Any] = {
            "requests": _bounded(self._requests, "requests", notes),
            "events": [self._event(one) for one in _bounded(deliveries, "events", notes)],
            "marks": [
                {"at_ms": self._ms(at), "what": self._pseudonyms.mask(what)}
                for at, what in _bounded(marks, "marks", notes)
            ],
            "output": self._pseudonyms.mask_lines(_bounded(self._output, "lines", notes)),
        }
        return {**shown, "notes": self._pseudonyms.mask_lines(notes)}

    def _head(self, head: Head | bytes) -> list[str]:
        raw = head.encode() if isinstance(head, Head) else head
        return self._pseudonyms.mask_lines(lines(raw)) if raw else []

    def _delivery(self, expected: dict[Key, deque[Delivery]], new: Delivery) -> Delivery:
        """The delivery whose other side is known already, or else the new one."""
        known = expected.get(new.key)
        if known:
            return known.popleft()
        self._deliveries.append(new)
        return new

    def _event(self, delivery: Delivery) -> dict[str, Any]:
        return {
            "stream": delivery.stream,
            "id": delivery.id,
            "type": delivery.type,
            "sent_ms": self._ms(delivery.sent),
            "received_ms": self._ms(delivery.received),
            "transport": delivery.transport,
        }

    def _at(self, at: float | None) -> float:
        return self._clock() if at is None else at

    def _ms(self, at: float | None) -> float | None:
        return None if at is None else round((at - self._start) * 1000, 3)


def _bounded(items: Sequence[Item], what: str, notes: list[str]) -> Iterable[Item]:
    """The first and the last of too many items; a note tells how many there were."""
    if len(items) <= LIMIT:
        return items
    half = LIMIT // 2
    notes.append(f"{len(items)} {what}: the first {half} and the last {half} are shown")
    return [*items[:half], *items[-half:]]
