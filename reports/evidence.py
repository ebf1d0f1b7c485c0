"""What was observed on both sides of the proxy, in the shape in which fixtures hand it over.

A case attaches one mapping as user property `evidence`. Every key is optional:

    {"requests": [{"label": "upgrade", "sent": ["GET /api/ws HTTP/1.1", …], "received": […],
                   "answer": […], "answered": […], "by": "client", "at_ms": 0.4}],
     "events":   [{"stream": "1", "id": "e3f1-17", "type": "loop.progress", "transport": "sse",
                   "sent_ms": 12.4, "wire_ms": 13.0, "received_ms": 13.1, "reader": "client 1"}],
     "closes":   [{"stream": "1", "by": "the origin (origin)", "code": 1001, "reason": "restart",
                   "at_ms": 21.0}],
     "published": [{"id": "e3f1-17", "loop": "a", "audience": null}],
     "streams":  [{"stream": "1", "reader": "client 1", "user": "alice", "loop": "a", "after": null,
                   "commands": 0, "at_ms": 1.5}],
     "marks":    [{"at_ms": 20.0, "what": "connection cut"}],
     "files":    [{"name": "login_page-nginx.png", "what": "picture of tab 1"}],
     "output":   ["last lines that the proxy printed"],
     "notes":    ["margin 0.12 of 1.0 s"]}

`requests`: heads line by line, request or status line first, as the client sent them and as the
origin received them, and likewise the head of the response as the origin gave it (`answer`) and as
the client received it (`answered`); a side that saw nothing is an empty list. `by` is `client` for
the reference client and `instrument` for what only watches. `reader` goes on over several streams
of one client. `closes`: a stream's end as each side saw it. `wire_ms`: when it was
seen to come to the machine of a reference client. `published`: what the application had
to tell, whether it was sent or not. `streams`: what the client asked for on each. Times are
milliseconds on one monotonic axis that starts with the case; a side that never had the event is
None. Secrets have been replaced by stable names before they come here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reports.files import File

EVENTS_OF_A_PASS = 16
EVENTS_OF_A_FINDING = 200
REQUESTS = 12
LINES = 60
WIDTH = 2000
LISTS = (
    *("requests", "events", "marks", "output", "notes"),
    *("closes", "published", "streams", "gate", "files"),
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """The heads of one request and of its response, each as either side saw it.

    Attributes:
        answer: the response as the origin gave it.
        answered: the response as the client received it.
        by: `client` for the reference client, `instrument` for what only watches.
    """

    label: str
    sent: tuple[str, ...] = ()
    received: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    by: str = ""
    at_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on one stream; times in milliseconds since the case began, None for never."""

    stream: str
    id: str
    type: str = ""
    sent_ms: float | None = None
    received_ms: float | None = None
    transport: str = ""
    reader: str = ""
    wire_ms: float | None = None

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
class Close:
    """The end of a stream as one side saw it; no code: it ended without one."""

    stream: str
    by: str
    code: int | None = None
    reason: str = ""
    at_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Published:
    """What the application had to tell: of this loop, for this user alone."""

    id: str
    loop: str | None = None
    audience: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A stream as the client had it opened.

    Attributes:
        reader: goes on over several streams of one client.
        user: who was logged in; empty if nobody was, or nobody knows.
        loop: the only loop that was asked for.
        after: the id that it was to go on after.
        commands: how many were given on it; after one it may carry other loops.
    """

    stream: str
    reader: str = ""
    user: str = ""
    loop: str | None = None
    after: str | None = None
    commands: int = 0
    at_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """What a gate was asked by the proxy before it, and what it answered; 0: it gave none."""

    asked: str
    status: int
    at_ms: float = 0.0
    answered: tuple[str, ...] = ()  # fields of the answer
    fields: tuple[str, ...] = ()  # of the question


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that one case recorded; `omitted` says how many of each list were left out."""

    requests: tuple[Exchange, ...] = ()
    events: tuple[Delivery, ...] = ()
    marks: tuple[Mark, ...] = ()
    output: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    closes: tuple[Close, ...] = ()
    published: tuple[Published, ...] = ()
    streams: tuple[Opened, ...] = ()
    gate: tuple[Decision, ...] = ()
    files: tuple[File, ...] = ()
    omitted: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is anything to look at."""
        return any(getattr(self, name) for name in LISTS)


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
            closes=tuple(_close(item) for item in raw.get("closes", ())),
            published=tuple(
                Published(str(item["id"]), item["loop"], item["audience"])
                for item in raw.get("published", ())
            ),
            gate=tuple(_decision(item) for item in raw.get("gate", ())),
            streams=tuple(Opened(**item) for item in raw.get("streams", ())),
            files=tuple(File(**item) for item in raw.get("files", ())),
            omitted={str(name): int(count) for name, count in raw.get("omitted", {}).items()},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return Evidence(notes=(f"evidence could not be read: {type(error).__name__}: {error}",))


def joined(pieces: Sequence[Evidence]) -> Evidence:
    """Several pieces of evidence as one."""
    omitted: Counter[str] = Counter()
    for piece in pieces:
        omitted.update(piece.omitted)
    together: dict[str, tuple[Any, ...]] = {
        name: tuple(item for piece in pieces for item in getattr(piece, name)) for name in LISTS
    }
    return Evidence(**together, omitted=dict(omitted))


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
        closes=evidence.closes[:LINES],
        streams=evidence.streams[:LINES],
        gate=evidence.gate[:LINES],
        files=evidence.files[:LINES],
        published=evidence.published[: EVENTS_OF_A_FINDING if finding else EVENTS_OF_A_PASS],
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
    for name in LISTS:
        gone = len(getattr(whole, name)) - len(getattr(kept, name))
        if gone:
            counts[name] = counts.get(name, 0) + gone
    return dict(sorted(counts.items()))


def _exchange(item: Mapping[str, Any]) -> Exchange:
    return Exchange(
        str(item["label"]),
        _lines(item.get("sent", ())),
        _lines(item.get("received", ())),
        _lines(item.get("answer", ())),
        _lines(item.get("answered", ())),
        by=str(item.get("by", "")),
        at_ms=_milliseconds(item.get("at_ms")),
    )


def _decision(item: Mapping[str, Any]) -> Decision:
    answered, fields = (_lines(item.get(name, ())) for name in ("answered", "fields"))
    return Decision(str(item["asked"]), int(item["status"]), float(item["at_ms"]), answered, fields)


def _close(item: Mapping[str, Any]) -> Close:
    return Close(
        stream=str(item["stream"]),
        by=str(item["by"]),
        code=item.get("code"),
        reason=str(item.get("reason", "")),
        at_ms=round(float(item.get("at_ms", 0.0)), 3),
    )


def _delivery(item: Mapping[str, Any]) -> Delivery:
    return Delivery(
        stream=str(item.get("stream", "")),
        id=str(item["id"]),
        type=str(item.get("type", "")),
        sent_ms=_milliseconds(item.get("sent_ms")),
        received_ms=_milliseconds(item.get("received_ms")),
        transport=str(item.get("transport", "")),
        reader=str(item.get("reader", "")),
        wire_ms=_milliseconds(item.get("wire_ms")),
    )


def _milliseconds(value: float | None) -> float | None:
    return None if value is None else round(float(value), 3)


def _lines(lines: Iterable[object] | str) -> tuple[str, ...]:
    whole = lines.splitlines() if isinstance(lines, str) else [str(line) for line in lines]
    return tuple(line if len(line) <= WIDTH else f"{line[:WIDTH]}…" for line in whole)
