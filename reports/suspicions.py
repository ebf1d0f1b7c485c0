"""What a recording says against the client, and what against the origin, with the proof. Pure.

The client is held to what was seen to come to its machine; the origin to what it was asked for, and
to what it says of itself. Nothing here knows what a case expected.
"""

from collections.abc import Iterator
from dataclasses import replace

from reports.differences import GAP
from reports.evidence import Delivery, Evidence, Opened
from reports.validators import audience, complete, filtered, ordered, resumable, unique

UNREADABLE = "unreadable"
Proof = tuple[str, ...]


def against_client(recording: Evidence) -> Iterator[Proof]:
    """What the client made of what came to it."""
    yield from _not_handed_out(recording)
    if resume := resumable(recording):
        yield (resume,)
    yield from _filters_forgotten(recording)
    yield from _ends_misread(recording)
    yield from _insists(recording)


def against_origin(recording: Evidence) -> Iterator[Proof]:
    """What the origin put on the wire, where nothing is in between."""
    wire = at_the_wire(recording)
    for event in wire.events:
        if event.id == UNREADABLE:
            yield (f"stream {event.stream}: what came at {event.received_ms} ms is no message",)
    for validate in (ordered, unique_on_stream, complete, filtered):
        if broken := validate(wire):
            yield (f"on the wire, before the client: {broken}",)
    for stream in recording.streams:
        yield from _wrong_replay(recording, stream)
    yield from _inventions(recording)
    if leak := audience(recording):
        yield (leak, "the origin sent it on that stream")


def at_the_wire(recording: Evidence) -> Evidence:
    """The recording as it was before the reference clients made anything of it."""
    tapped = {event.stream for event in recording.events if event.wire_ms is not None}
    events = [
        replace(event, received_ms=event.wire_ms, reader=f"stream {event.stream}")
        for event in recording.events
        if event.stream in tapped
    ]
    return replace(recording, events=tuple(events))


def unique_on_stream(recording: Evidence) -> str:
    """No event came twice on one stream."""
    return unique(recording)


def _not_handed_out(recording: Evidence) -> Iterator[Proof]:
    tapped = {event.stream for event in recording.events if event.wire_ms is not None}
    for event in recording.events:
        if event.id in ("", GAP) or event.stream not in tapped:
            continue
        if event.received_ms is not None and event.wire_ms is None:
            yield (f"{event.reader} handed {event.id} out", "it had not come on that stream")
    for stream in dict.fromkeys(event.stream for event in recording.events):
        mine = [event for event in recording.events if event.stream == stream]
        newest = max((event.wire_ms or 0.0 for event in mine if event.received_ms), default=0.0)
        for event in mine:
            if event.id not in ("", GAP) and _is_kept_back(event, newest):
                yield (f"{event.id} came at {event.wire_ms} ms", "the client did not hand it out")


def _is_kept_back(event: Delivery, newest: float) -> bool:
    return event.wire_ms is not None and event.received_ms is None and event.wire_ms < newest


def _filters_forgotten(recording: Evidence) -> Iterator[Proof]:
    first: dict[str, Opened] = {}
    for stream in recording.streams:
        known = first.setdefault(stream.reader, stream)
        if stream.reader.startswith("client") and stream.loop != known.loop:
            asked = [
                f"stream {one.stream} asked for {one.loop or 'all'}" for one in (known, stream)
            ]
            yield tuple(asked)


def _ends_misread(recording: Evidence) -> Iterator[Proof]:
    wire = {end.stream: end for end in recording.closes if end.by == "the wire"}
    for end in recording.closes:
        seen = wire.get(end.stream)
        if end.by == "client" and seen and "cut off" in seen.reason and "cut" not in end.reason:
            yield (f"{seen.reason} at {seen.at_ms} ms", f"the client took it for: {end.reason}")


def _insists(recording: Evidence) -> Iterator[Proof]:
    """A client that is told to log in asks again for the same (the login comes first)."""
    refused: dict[tuple[str, str], str] = {}
    for request in recording.requests:
        if not request.by.startswith("client") or not request.answered:
            continue
        key = (request.by, request.label)
        if key in refused:
            yield (refused[key], f"and {request.by} asked again at {request.at_ms} ms")
        if request.answered[0].split(" ")[1:2] == ["401"]:
            refused[key] = f"{request.label} was answered 401 at {request.at_ms} ms"


def _wrong_replay(recording: Evidence, stream: Opened) -> Iterator[Proof]:
    """What the origin sent to somebody who asked for what follows an id."""
    left_out = recording.omitted.keys() & {"events", "published"}
    if stream.after is None or left_out:
        return
    mine = [event for event in recording.events if event.stream == stream.stream]
    sent = [event for event in mine if event.sent_ms is not None]
    ids = [event.id for event in sorted(sent, key=lambda event: event.sent_ms or 0.0)]
    if stream.after in ids:
        asked = f"stream {stream.stream} asked for what follows {stream.after}"
        yield (asked, "the origin sent that one again")
    due = [one.id for one in recording.published if stream.loop in (None, one.loop)]
    announced = any(event.id == GAP for event in mine)
    if stream.after not in due or not ids or announced:
        return
    expected = due[due.index(stream.after) + 1 :]
    first = next((one for one in ids if one in expected), None)
    if first is not None and first != expected[0]:
        asked = f"stream {stream.stream} asked for what follows {stream.after}"
        yield (f"{asked}: {expected[0]}", f"the origin began with {first}")


def _inventions(recording: Evidence) -> Iterator[Proof]:
    for request in recording.requests:
        offered = any(_is(line, "sec-websocket-protocol") for line in request.sent)
        for line in request.answer[1:]:
            if _is(line, "sec-websocket-protocol") and not offered:
                yield (f"{request.label} offered no subprotocol", f"the origin answered {line}")


def _is(line: str, name: str) -> bool:
    return line.partition(":")[0].strip().lower() == name
