"""The geometry of the event timeline: what the origin sent above, what the client received below.

Each event is a line from the moment it was sent to the moment it was received, on one axis of time:
a steep line is fast, a fan is a buffer that was flushed, a stub is a loss, a crossing is a wrong
order.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from reports.evidence import Delivery, Evidence, Mark

WIDTH = 760.0
LEFT, RIGHT, TOP = 92.0, 18.0, 26.0
LANE, BAND = 46.0, 78.0
APART = 26.0
"""Labels of marks closer than this would lie on each other."""
STREAMS = 6
"""So many streams are drawn; of the rest the number is told."""


class Stroke(NamedTuple):
    """One event: from (x1, y1) to (x2, y2), its kind and what a pointer over it tells."""

    x1: float
    y1: float
    x2: float
    y2: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Band:
    """One stream: its label and the heights of its two lanes."""

    label: str
    sent_y: float
    received_y: float
    strokes: tuple[Stroke, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled position on the axis: a round time, or a mark."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All that the template draws, in user units of a view box WIDTH wide."""

    height: float
    bands: tuple[Band, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Tick, ...]
    unit: str
    undrawn: int = 0

    @property
    def axis_y(self) -> float:
        """Height of the axis of time."""
        return self.height - 24


@dataclass(frozen=True, slots=True)
class _Scale:
    start: float
    span: float

    def x(self, milliseconds: float) -> float:
        inside = (milliseconds - self.start) / self.span
        return round(LEFT + inside * (WIDTH - LEFT - RIGHT), 1)


def picture(evidence: Evidence) -> Picture | None:
    """The picture of the events, or None if there is nothing to draw."""
    if not evidence.events:
        return None
    streams = _by_stream(evidence.events)
    scale = _scale(evidence)
    drawn = list(streams.items())[:STREAMS]
    bands = [_band(row, name, events, scale) for row, (name, events) in enumerate(drawn)]
    return Picture(
        height=TOP + BAND * len(bands) + 30,
        bands=tuple(bands),
        ticks=tuple(_ticks(scale)),
        marks=tuple(_marks(evidence.marks, scale)),
        unit="s" if scale.span >= 2000 else "ms",
        undrawn=len(streams) - len(drawn),
    )


def _by_stream(events: Iterable[Delivery]) -> dict[str, list[Delivery]]:
    streams: dict[str, list[Delivery]] = {}
    for event in events:
        streams.setdefault(" ".join(filter(None, (event.stream, event.transport))), []).append(
            event
        )
    return streams


def _scale(evidence: Evidence) -> _Scale:
    times = [mark.at_ms for mark in evidence.marks]
    for event in evidence.events:
        times += [at for at in (event.sent_ms, event.received_ms) if at is not None]
    start = min([0.0, *times])
    return _Scale(start, max([1.0, *(at - start for at in times)]))


def _band(row: int, name: str, events: Sequence[Delivery], scale: _Scale) -> Band:
    top = TOP + BAND * row + 12
    crossed = overtaken(events)
    strokes = [
        _stroke(event, scale, top, crossed=index in crossed) for index, event in enumerate(events)
    ]
    return Band(name, top, top + LANE, tuple(strokes))


def _stroke(event: Delivery, scale: _Scale, top: float, *, crossed: bool) -> Stroke:
    bottom = top + LANE
    sent, received = event.sent_ms, event.received_ms
    title = f"{event.id} {event.type}: {_moments(event)}"
    if sent is None and received is None:
        return Stroke(LEFT, top, LEFT, top, "lost", title)
    if received is None:
        x = scale.x(sent or 0.0)
        return Stroke(x, top, x, top + LANE * 0.4, "lost", title)
    if sent is None:
        x = scale.x(received)
        return Stroke(x, bottom - LANE * 0.4, x, bottom, "unsent", title)
    kind = "crossed" if crossed else "whole"
    return Stroke(scale.x(sent), top, scale.x(received), bottom, kind, title)


def _moments(event: Delivery) -> str:
    sent = "never sent" if event.sent_ms is None else f"sent {event.sent_ms:g} ms"
    if event.received_ms is None:
        return f"{sent}, never received"
    delay = "" if event.sent_ms is None else f" (+{event.received_ms - event.sent_ms:.1f})"
    return f"{sent}, received {event.received_ms:g} ms{delay}"


def overtaken(events: Sequence[Delivery]) -> set[int]:
    """Positions of events that came after one that had been sent later."""
    whole = [(event, index) for index, event in enumerate(events) if not event.lost]
    whole.sort(key=lambda pair: (pair[0].sent_ms or 0.0, pair[1]))
    found: set[int] = set()
    earliest = math.inf
    for event, index in reversed(whole):
        received = event.received_ms or 0.0
        if received > earliest:
            found.add(index)
        earliest = min(earliest, received)
    return found


def _ticks(scale: _Scale) -> Iterable[Tick]:
    step = _step(scale.span / 6)
    divisor = 1000 if scale.span >= 2000 else 1
    first = math.ceil(scale.start / step)
    for number in range(first, math.floor((scale.start + scale.span) / step) + 1):
        yield Tick(scale.x(number * step), f"{number * step / divisor:g}")


def _step(least: float) -> float:
    """The next of 1, 2, 5, 10, 20 … that is at least so long."""
    power = 10 ** math.floor(math.log10(least))
    return next(float(power * factor) for factor in (1, 2, 5, 10) if power * factor >= least)


def _marks(marks: Iterable[Mark], scale: _Scale) -> Iterable[Tick]:
    """Where marks stand, numbered as in the list below; one label for those that would overlap."""
    groups: list[tuple[float, int, int]] = []
    for number, mark in enumerate(marks, 1):
        x = scale.x(mark.at_ms)
        if groups and abs(x - groups[-1][0]) < APART:
            groups[-1] = (groups[-1][0], groups[-1][1], number)
        else:
            groups.append((x, number, number))
    return [Tick(x, str(a) if a == b else f"{a}\u2013{b}") for x, a, b in groups]


def caption(evidence: Evidence) -> str:
    """The picture in words: how many, how many lost or out of order, and how late."""
    events = evidence.events
    delays = [
        e.received_ms - e.sent_ms
        for e in events
        if e.received_ms is not None and e.sent_ms is not None
    ]
    lost = sum(event.received_ms is None for event in events)
    unsent = sum(event.sent_ms is None for event in events)
    crossed = sum(len(overtaken(stream)) for stream in _by_stream(events).values())
    words = [f"{len(events)} events" if len(events) != 1 else "1 event"]
    words += [
        f"{number} {what}"
        for number, what in (
            (lost, "never received"),
            (unsent, "never sent"),
            (crossed, "out of order"),
        )
        if number
    ]
    if delays:
        words.append(f"delay {median(delays):.1f} ms in the median, {max(delays):.1f} ms at most")
    gone = evidence.omitted.get("events", 0)
    return ", ".join(words) + (f"; {gone} more events not kept" if gone else "")
