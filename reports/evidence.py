"""What was observed on both sides of the proxy, in the shape in which fixtures hand it over.

A case attaches one mapping as user property `evidence`. Every key is optional:

    {"requests": [{"label": "upgrade", "sent": ["GET /api/ws HTTP/1.1", …], "received": […]}],
     "events":   [{"stream": "1", "id": "e3f1-17", "type": "loop.progress", "transport": "sse",
                   "sent_ms": 12.4, "received_ms": 13.1}],
     "marks":    [{"at_ms": 20.0, "what": "connection cut"}],
     "output":   ["last lines that the proxy printed"],
     "notes":    ["margin 0.12 of 1.0 s"]}

`requests`: heads line by line, request or status line first, as the client sent them and as the
origin received them; a side that saw nothing is an empty list. `events`: milliseconds on one
monotonic axis that starts with the case; a side that never had the event is None. Secrets have been
replaced by stable names before they come here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

EVENTS_OF_A_PASS = 16
EVENTS_OF_A_FINDING = 200
REQUESTS = 12
LINES = 60
WIDTH = 2000


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request head as the client sent it and as the origin received it."""

    label: str
    sent: tuple[str, ...] = ()
    received: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on one stream; times in milliseconds since the case began, None for never."""

    stream: str
    id: str
    type: str = ""
    sent_ms: float | None = None
    received_ms: float | None = None
    transport: str = ""

    @property
    def lost(self) -> bool:
        """One side never had it."""
        return self.sent_ms is None or self.received_ms is None


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened to the whole: a cut, a reload, a switch of transport."""

    at_ms: float
    what: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that one case recorded; `omitted` says how many of each list were left out."""

    requests: tuple[Exchange, ...] = ()
    events: tuple[Delivery, ...] = ()
    marks: tuple[Mark, ...] = ()
    output: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    omitted: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is anything to look at."""
        return any((self.requests, self.events, self.marks, self.output, self.notes))


def read(raw: Mapping[str, Any]) -> Evidence:
    """Evidence from the mapping above; what cannot be read becomes a note, never an exception.

    A recorder that stumbles must not turn a verdict.
    """
    try:
        return Evidence(
            requests=tuple(_exchange(item) for item in raw.get("requests", ())),
            events=tuple(_delivery(item) for item in raw.get("events", ())),
            marks=tuple(
                Mark(float(item["at_ms"]), str(item["what"])) for item in raw.get("marks", ())
            ),
            output=_lines(raw.get("output", ())),
            notes=_lines(raw.get("notes", ())),
            omitted={str(name): int(count) for name, count in raw.get("omitted", {}).items()},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return Evidence(notes=(f"evidence could not be read: {type(error).__name__}: {error}",))


def joined(pieces: Sequence[Evidence]) -> Evidence:
    """Several pieces of evidence as one."""
    omitted: Counter[str] = Counter()
    for piece in pieces:
        omitted.update(piece.omitted)
    return Evidence(
        requests=tuple(item for piece in pieces for item in piece.requests),
        events=tuple(item for piece in pieces for item in piece.events),
        marks=tuple(item for piece in pieces for item in piece.marks),
        output=tuple(item for piece in pieces for item in piece.output),
        notes=tuple(item for piece in pieces for item in piece.notes),
        omitted=dict(omitted),
    )


def bounded(evidence: Evidence, *, finding: bool) -> Evidence:
    """The same evidence, small enough for a report of thousands of results.

    Args:
        evidence: all that was recorded.
        finding: true keeps more: somebody will look at it.
    """
    kept = Evidence(
        requests=evidence.requests[:REQUESTS],
        events=_telling(evidence.events, EVENTS_OF_A_FINDING if finding else EVENTS_OF_A_PASS),
        marks=evidence.marks[:LINES],
        output=evidence.output[-LINES:],
        notes=evidence.notes[:LINES],
    )
    return replace(kept, omitted=_omitted(evidence, kept))


def _telling(events: Sequence[Delivery], limit: int) -> tuple[Delivery, ...]:
    """At most `limit` events in their order: lost ones for half of it, then both ends."""
    if len(events) <= limit:
        return tuple(events)
    whole = [index for index, event in enumerate(events) if not event.lost]
    most = max(limit // 2, limit - len(whole))
    lost = [index for index, event in enumerate(events) if event.lost][:most]
    room = limit - len(lost)
    ends = whole[: room - room // 2] + (whole[-(room // 2) :] if room > 1 else [])
    return tuple(events[index] for index in sorted({*lost, *ends}))


def _omitted(whole: Evidence, kept: Evidence) -> dict[str, int]:
    """How many of each list are gone, counting what an earlier bound already took."""
    counts = dict(whole.omitted)
    for name in ("requests", "events", "marks", "output", "notes"):
        gone = len(getattr(whole, name)) - len(getattr(kept, name))
        if gone:
            counts[name] = counts.get(name, 0) + gone
    return dict(sorted(counts.items()))


def _exchange(item: Mapping[str, Any]) -> Exchange:
    return Exchange(
        str(item["label"]), _lines(item.get("sent", ())), _lines(item.get("received", ()))
    )


def _delivery(item: Mapping[str, Any]) -> Delivery:
    return Delivery(
        stream=str(item.get("stream", "")),
        id=str(item["id"]),
        type=str(item.get("type", "")),
        sent_ms=_milliseconds(item.get("sent_ms")),
        received_ms=_milliseconds(item.get("received_ms")),
        transport=str(item.get("transport", "")),
    )


def _milliseconds(value: float | None) -> float | None:
    return None if value is None else round(float(value), 3)


def _lines(lines: Iterable[object] | str) -> tuple[str, ...]:
    whole = lines.splitlines() if isinstance(lines, str) else [str(line) for line in lines]
    return tuple(line if len(line) <= WIDTH else f"{line[:WIDTH]}…" for line in whole)
