"""What a recording says against the client, and what against the origin, with the proof. Pure.

The client is held to what was seen to come to its machine; the origin to what it was asked for, and
to what it says of itself. Nothing here knows what a case expected.
"""

from collections.abc import Iterator
from dataclasses import replace

from reports.differences import GAP
from reports.evidence import Close, Delivery, Evidence, Opened
from reports.validators import audience, complete, filtered, ordered, resumable, unique

UNREADABLE = "unreadable"
CUT = "cut off without a close frame"
LOGIN = ("401", "302", "303")
"""What asks for a login, in words or by a redirect to it."""

PATIENCE = 1000.0
"""Milliseconds in which the first event of a replay has come, if one comes."""

Proof = tuple[str, ...]


def against_client(recording: Evidence) -> Iterator[Proof]:
    """What the client made of what came to it."""
    yield from _not_handed_out(recording)
    if resume := resumable(recording):
        yield (resume,)
    yield from _filters_forgotten(recording)
    yield from _ends_misread(recording)
    yield from _insists(recording)
    yield from _side_by_side(recording)


def against_origin(recording: Evidence) -> Iterator[Proof]:
    """What the origin put on the wire, where nothing is in between.

    Two connections of one client at a time cannot be told apart there; then only what needs no
    telling apart is looked at.
    """
    yield from _inventions(recording)
    wire = at_the_wire(recording)
    for event in wire.events:
        if event.id == UNREADABLE:
            yield (f"stream {event.stream}: what came at {event.received_ms} ms is no message",)
    if any(_side_by_side(recording)) or _connections(recording) > len(recording.streams):
        return
    yield from _ends_otherwise(recording)
    for validate in (ordered, unique, complete, filtered):
        if broken := validate(wire):
            yield (f"on the wire, before the client: {broken}",)
    for stream in recording.streams:
        yield from _wrong_replay(recording, stream)
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


def _not_handed_out(recording: Evidence) -> Iterator[Proof]:
    tapped = {event.stream for event in recording.events if event.wire_ms is not None}
    for event in recording.events:
        if "-" not in event.id or event.stream not in tapped:
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
        status = "".join(request.answered[0].split(" ")[1:2])
        if status in LOGIN:
            refused[key] = f"{request.label} was answered {status} at {request.at_ms} ms"


def _side_by_side(recording: Evidence) -> Iterator[Proof]:
    """A client that opens a stream while it has another."""
    if recording.omitted.keys() & {"closes", "streams"}:
        return
    ends: dict[str, float] = {}
    for end in recording.closes:
        ends[end.stream] = min(ends.get(end.stream, end.at_ms), end.at_ms)
    newest: dict[str, Opened] = {}
    for stream in sorted(recording.streams, key=lambda one: one.at_ms):
        known = newest.get(stream.reader)
        newest[stream.reader] = stream
        if known and ends.get(known.stream, stream.at_ms + 1) > stream.at_ms:
            both = (known, stream)
            yield tuple(
                f"{one.reader} opened stream {one.stream} at {one.at_ms} ms" for one in both
            )


def _ends_otherwise(recording: Evidence) -> Iterator[Proof]:
    """An origin that says how it ended a stream, of which something else came."""
    wire = {end.stream: end for end in recording.closes if end.by == "the wire"}
    for end in recording.closes:
        came = wire.get(end.stream) or _cut(recording, end.stream)
        if came is None or not end.by.startswith("the origin"):
            continue
        frame = came.reason.split(" ")[0]
        coded = end.by == "the origin (origin)" and frame.isdigit() and frame != str(end.code)
        nothing = ("closed without a code", CUT)
        bare = end.by == "the origin (origin)" and came.reason in nothing
        smooth = end.by == "the origin (loss)" and came.reason == "end of stream"
        if coded or bare or smooth:
            shown = f"the origin ended stream {end.stream} with {end.code} {end.reason}".rstrip()
            yield (f"{shown} at {end.at_ms} ms", f"what came at {came.at_ms} ms: {came.reason}")


def _cut(recording: Evidence, stream: str) -> Close | None:
    """The end of a WebSocket of which no close frame came."""
    ends = (end for end in recording.closes if end.stream == stream and end.by == "client")
    return next((end for end in ends if end.code == 1006 and end.reason == CUT), None)


def _connections(recording: Evidence) -> int:
    """How many streams the origin knows of; 0 if not all of them were kept."""
    if recording.omitted.keys() & {"closes", "streams", "events"}:
        return 0
    known = {end.stream for end in recording.closes if end.by.startswith("the origin")}
    return len(known | {event.stream for event in recording.events if event.sent_ms is not None})


def _had_time(recording: Evidence, stream: Opened) -> bool:
    """Whether the case went on for so long that something would have come."""
    moments = [mark.at_ms for mark in recording.marks] + [end.at_ms for end in recording.closes]
    return max(moments, default=0.0) - stream.at_ms > PATIENCE


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
    if stream.after not in due or announced:
        return
    expected = due[due.index(stream.after) + 1 :]
    first = next((one for one in ids if one in expected), None)
    if expected and first != expected[0] and (first or _had_time(recording, stream)):
        asked = f"stream {stream.stream} asked for what follows {stream.after}"
        yield (f"{asked}: {expected[0]}", f"the origin began with {first or 'none of it'}")


def wrong_replays(recording: Evidence) -> Iterator[Proof]:
    """Replays that are wrong although the origin had the request with the id, as it was asked."""
    asked = [line for request in recording.requests for line in request.received]
    for stream in recording.streams:
        if stream.after and any(stream.after in line for line in asked):
            yield from _wrong_replay(recording, stream)


def _inventions(recording: Evidence) -> Iterator[Proof]:
    for request in recording.requests:
        offered = any(_is(line, "sec-websocket-protocol") for line in request.sent)
        for line in request.answer[1:]:
            if _is(line, "sec-websocket-protocol") and not offered:
                yield (f"{request.label} offered no subprotocol", f"the origin answered {line}")


def _is(line: str, name: str) -> bool:
    return line.partition(":")[0].strip().lower() == name
