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
    reader: str = ""
    wire: float | None = None

    @property
    def key(self) -> Key:
        """What the two sides know it by."""
        return self.stream, self.id, self.type

    @property
    def at(self) -> float:
        """The first that is known of it."""
        return min(at for at in (self.sent, self.wire, self.received) if at is not None)


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
        self._closes: list[tuple[float, dict[str, Any]]] = []
        self._published: list[dict[str, Any]] = []
        self._gate: list[dict[str, Any]] = []
        self._streams: dict[int, dict[str, Any]] = {}
        self._deliveries: list[Delivery] = []
        self._unsent: dict[Key, deque[Delivery]] = {}
        self._unarrived: dict[Key, deque[Delivery]] | None = None  # made when the first arrives
        self._unreceived: dict[Key, deque[Delivery]] = {}
        self._marks: list[tuple[float, str]] = []
        self._output: list[str] = []
        self._notes: list[str] = []

    def exchange(
        self,
        label: str,
        sent: Head | bytes,
        received: Head | bytes = b"",
        *,
        answer: Head | bytes = b"",
        answered: Head | bytes = b"",
        by: str = "",
        at: float | None = None,
    ) -> None:
        """Keep the heads of a request and of its response, each as either side saw it.

        Args:
            label: what it was.
            sent: the request as the client sent it.
            received: the request as the origin received it.
            answer: the response as the origin gave it.
            answered: the response as the client received it.
            by: who asked, such as `client` for the reference client.
            at: when it was asked.
        """
        kept = {"label": label, "sent": self._head(sent), "received": self._head(received)}
        kept |= {"answer": self._head(answer), "answered": self._head(answered)}
        self._requests.append({**kept, "by": by, "at_ms": self._ms(at)})

    def opened(self, stream: int, reader: str, *, user: str = "", at: float | None = None) -> None:
        """The client had a stream opened: who reads it, and as whom it is logged in."""
        opened = {"stream": str(stream), "reader": reader, "user": user, "at_ms": self._ms(at)}
        self._streams[stream] = {**opened, "loop": None, "after": None, "commands": 0}

    def asks(self, stream: int, loop: str | None, after: str | None) -> None:
        """What a stream was asked for: one loop or all, from now or after an id."""
        self._streams[stream] |= {"loop": loop, "after": after}

    def commanded(self, stream: int) -> None:
        """The client gave a command on a stream: it may carry other loops from now on."""
        self._streams[stream]["commands"] += 1

    def decided(
        self,
        request: str,
        status: int,
        at: float,
        answered: Iterable[tuple[str, str]] = (),
        fields: Iterable[tuple[str, str]] = (),
    ) -> None:
        """The gate was asked something, with these fields, and answered; 0: it did not."""
        asked = {
            "asked": self._pseudonyms.mask(request),
            "fields": self._lines(fields),
            "status": status,
            "answered": self._lines(answered),
        }
        self._gate.append({**asked, "at_ms": self._ms(at)})

    def _lines(self, fields: Iterable[tuple[str, str]]) -> list[str]:
        return self._pseudonyms.mask_lines([f"{name}: {value}" for name, value in fields])

    def published(self, event_id: str, loop: str | None, audience: str | None) -> None:
        """The application had an event to tell: of this loop, for these alone."""
        self._published.append({"id": event_id, "loop": loop, "audience": audience})

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
        reader: str = "",
    ) -> None:
        """The client received an event; a second time is a delivery of its own."""
        delivery = self._delivery(
            self._unreceived, Delivery(stream, event_id, event_type, transport)
        )
        delivery.reader = reader
        delivery.received = self._at(at)
        if delivery.sent is None:
            self._unsent.setdefault(delivery.key, deque()).append(delivery)

    def arrived(self, stream: int, event_id: str, at: float) -> None:
        """An event was seen to come to the client's machine; told after both sides have told."""
        key = (stream, event_id, "")
        if self._unarrived is None:
            self._unarrived = self._by_key()
        known = self._unarrived.get(key)
        delivery = known.popleft() if known else self._added(Delivery(*key))
        delivery.wire = at

    def _by_key(self) -> dict[Key, deque[Delivery]]:
        ordered: dict[Key, deque[Delivery]] = {}
        for delivery in self._deliveries:
            if delivery.wire is None:
                ordered.setdefault(delivery.key, deque()).append(delivery)
        return ordered

    def ended(self, stream: int, how: str, at: float) -> None:
        """A stream was seen to end where the client's machine is, before the client thinks."""
        self._closes.append(
            (at, {"stream": str(stream), "by": "the wire", "code": None, "reason": how})
        )

    def _added(self, delivery: Delivery) -> Delivery:
        self._deliveries.append(delivery)
        return delivery

    def closed(
        self, stream: int, by: str, code: int | None, reason: str = "", at: float | None = None
    ) -> None:
        """A side saw a stream end; without a code it ended without one."""
        number = None if code is None else int(code)  # an enumeration is no JSON
        end = {"stream": str(stream), "by": by, "code": number, "reason": reason}
        self._closes.append((self._at(at), end))
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

    def masked(self, text: str) -> str:
        """A text with the names of secrets in their place."""
        return self._pseudonyms.mask(text)

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
            "closes": [
                {**end, "at_ms": self._ms(at), "reason": self._pseudonyms.mask(end["reason"])}
                for at, end in _bounded(sorted(self._closes, key=_moment), "closes", notes)
            ],
            "gate": list(_bounded(self._gate, "questions to the gate", notes)),
            "streams": list(_bounded(list(self._streams.values()), "streams", notes)),
            "published": list(_bounded(self._published, "published events", notes)),
            "output": self._pseudonyms.mask_lines(_bounded(self._output, "lines", notes)),
        }
        whole = {"events": len(deliveries), "published": len(self._published)}
        omitted = {name: count - LIMIT for name, count in whole.items() if count > LIMIT}
        return {**shown, "notes": self._pseudonyms.mask_lines(notes), "omitted": omitted}

    def _head(self, head: Head | bytes) -> list[str]:
        raw = head.encode() if isinstance(head, Head) else head
        return self._pseudonyms.mask_lines(lines(raw)) if raw else []

    def _delivery(self, expected: dict[Key, deque[Delivery]], new: Delivery) -> Delivery:
        """The delivery whose other side is known already, or else the new one."""
        known = expected.get(new.key)
        if known:
            return known.popleft()
        self._unarrived = None
        return self._added(new)

    def _event(self, delivery: Delivery) -> dict[str, Any]:
        return {
            "stream": delivery.stream,
            "id": delivery.id,
            "type": delivery.type,
            "sent_ms": self._ms(delivery.sent),
            "received_ms": self._ms(delivery.received),
            "wire_ms": self._ms(delivery.wire),
            "transport": delivery.transport,
            "reader": delivery.reader,
        }

    def _at(self, at: float | None) -> float:
        return self._clock() if at is None else at

    def _ms(self, at: float | None) -> float | None:
        return None if at is None else round((at - self._start) * 1000, 3)


def _moment(timed: tuple[float, dict[str, Any]]) -> float:
    return timed[0]


def _bounded(items: Sequence[Item], what: str, notes: list[str]) -> Iterable[Item]:
    """The first and the last of too many items; a note tells how many there were."""
    if len(items) <= LIMIT:
        return items
    half = LIMIT // 2
    notes.append(f"{len(items)} {what}: the first {half} and the last {half} are shown")
    return [*items[:half], *items[-half:]]
