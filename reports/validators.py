"""The promises of an event stream, each judged over one recording, and over nothing else. Pure.

A validator gives what it found broken in a few words, with the events or moments that show it, or
nothing. What was recorded only in part cannot show that something is missing: `complete`,
`resumable` and `timely` then judge what there is, and never take what was left out for lost.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from reports.differences import GAP, LATE
from reports.evidence import Delivery, Evidence, Opened

Validator = Callable[[Evidence], str]


def ordered(recording: Evidence) -> str:
    """Each reader had the events of one epoch in the order of their numbers."""
    for reader, events in _by_reader(recording).items():
        for one, other in pairwise(events):
            if _is_before(other.id, one.id):
                return f"{reader} had {other.id} at {_at(other)}, after {one.id} at {_at(one)}"
    return ""


def unique(recording: Evidence) -> str:
    """No reader had an event twice, whatever became of its connections in between."""
    for reader, events in _by_reader(recording).items():
        first: dict[str, Delivery] = {}
        for event in events:
            known = first.setdefault(event.id, event)
            if known is not event:
                return f"{reader} had {event.id} at {_at(known)} and again at {_at(event)}"
    return ""


def complete(recording: Evidence) -> str:
    """Whoever had an event had all that was sent to it before."""
    if recording.omitted.get("events"):
        return ""
    for reader, events in _by_reader(recording).items():
        had = {event.id for event in events}
        newest: dict[str, float] = {}
        for event in events:
            newest[event.stream] = max(newest.get(event.stream, 0.0), event.sent_ms or 0.0)
        for event in recording.events:
            if event.sent_ms is None or event.received_ms is not None or event.id in had:
                continue
            if event.sent_ms < newest.get(event.stream, 0.0):
                return f"{event.id}, sent at {event.sent_ms} ms, never came to {reader}"
    return ""


def filtered(recording: Evidence) -> str:
    """A stream that asked for one loop had events of no other."""
    loops = {event.id: event.loop for event in recording.published}
    asked = {one.stream: one.loop for one in recording.streams if not one.commands}
    for event in _arrived(recording):
        wanted, loop = asked.get(event.stream), loops.get(event.id)
        if wanted is not None and loop is not None and loop != wanted:
            return f"stream {event.stream} asked for {wanted} and had {event.id} of {loop}"
    return ""


def audience(recording: Evidence) -> str:
    """An event that is for one user came to no other."""
    meant = {event.id: event.audience for event in recording.published}
    users = {one.stream: one.user for one in recording.streams}
    for event in _arrived(recording):
        user, owner = users.get(event.stream), meant.get(event.id)
        if user and owner is not None and owner != user:
            return f"{event.id} is for {owner} alone, and {user} had it at {_at(event)}"
    return ""


def timely(recording: Evidence, limit: float = LATE) -> str:
    """Each event came soon after it was sent.

    Args:
        recording: both sides.
        limit: milliseconds that it may take.
    """
    for event in _arrived(recording):
        if event.sent_ms is not None and (event.received_ms or 0.0) - event.sent_ms > limit:
            return f"{event.id} was sent at {event.sent_ms} ms and came at {_at(event)}"
    return ""


def resumable(recording: Evidence) -> str:
    """Who connects again asks for what follows the last event it had."""
    if recording.omitted.get("events"):
        return ""
    for reader, streams in _of_clients(recording.streams).items():
        for place, stream in enumerate(streams[1:], 1):
            earlier = {one.stream for one in streams[:place]}
            last = _last_of(recording, earlier)
            if last and stream.after not in last:
                asked = stream.after or "no id"
                had = f"{reader} had {last[0]} last"
                return f"{had}, and resumed on stream {stream.stream} by {asked}"
    return ""


VALIDATORS: Mapping[str, Validator] = {
    "ordered": ordered,
    "unique": unique,
    "complete": complete,
    "filtered": filtered,
    "timely": timely,
    "resumable": resumable,
    "audience": audience,
}


def findings(recording: Evidence) -> dict[str, str]:
    """What is broken in a recording, by the name of the validator that found it."""
    found = {name: validate(recording) for name, validate in VALIDATORS.items()}
    return {name: what for name, what in found.items() if what}


def _arrived(recording: Evidence) -> list[Delivery]:
    """Events of the application that came, in the order in which they came."""
    came = [one for one in recording.events if one.received_ms is not None]
    came = [one for one in came if one.id not in ("", GAP)]
    return sorted(came, key=lambda one: one.received_ms or 0.0)


def _last_of(recording: Evidence, streams: set[str]) -> list[str]:
    """The last event on these streams: as it was handed out, and as it came to the machine."""
    mine = [one for one in recording.events if one.stream in streams and one.id and one.id != GAP]
    handed = [one for one in mine if one.received_ms is not None]
    came = [one for one in mine if one.wire_ms is not None]
    last = [max(handed, key=lambda one: one.received_ms or 0.0).id] if handed else []
    return last + ([max(came, key=lambda one: one.wire_ms or 0.0).id] if came else [])


def _by_reader(recording: Evidence) -> dict[str, list[Delivery]]:
    readers: dict[str, list[Delivery]] = defaultdict(list)
    for event in _arrived(recording):
        readers[event.reader or f"stream {event.stream}"].append(event)
    return readers


def _of_clients(streams: Iterable[Opened]) -> dict[str, list[Opened]]:
    """The streams of each reader that has several, in the order in which they were opened."""
    readers: dict[str, list[Opened]] = defaultdict(list)
    for stream in sorted(streams, key=lambda one: one.at_ms):
        readers[stream.reader].append(stream)
    return {reader: mine for reader, mine in readers.items() if len(mine) > 1}


def _is_before(one: str, other: str) -> bool:
    """Whether one id is before another of its epoch; ids of two epochs cannot be compared."""
    return _epoch(one) == _epoch(other) and _number(one) < _number(other)


def _epoch(event_id: str) -> str:
    return event_id.rpartition("-")[0]


def _number(event_id: str) -> int:
    digits = event_id.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0


def _at(event: Delivery) -> str:
    return f"{event.received_ms or 0.0:g} ms"


def names(found: Mapping[str, str]) -> Sequence[str]:
    """The broken promises in words: `not unique: …`."""
    return [f"not {name}: {what}" for name, what in found.items()]
