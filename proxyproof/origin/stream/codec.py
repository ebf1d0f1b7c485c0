"""Events and messages as bytes: once per transport, the same for every client of it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from proxyproof.events import Event, compact_json
from proxyproof.origin.stream.frames import TEXT, frame

# Enough events for one write to be cheap; little enough for a slow client to be noticed between.
BLOCK_BYTES = 64 * 2**10


class Block(NamedTuple):
    """Bytes that go out in one write, and the events in them."""

    data: bytes
    events: Sequence[Event] = ()


class Codec(ABC):
    """How one transport spells events, messages and signs of life."""

    @abstractmethod
    def event(self, event: Event) -> bytes:
        """One event."""

    @abstractmethod
    def message(self, document: Mapping[str, object]) -> bytes:
        """A message that is no event: it has no id."""

    def wrap(self, data: bytes) -> bytes:
        """Bytes as they go out, around everything that leaves together."""
        return data


class WebSocketCodec(Codec):
    """One text message each (RFC 6455)."""

    def event(self, event: Event) -> bytes:
        """One event."""
        return frame(TEXT, event.json)

    def message(self, document: Mapping[str, object]) -> bytes:
        """A message that is no event."""
        return frame(TEXT, compact_json(document))


class EventStreamCodec(Codec):
    """One event each (WHATWG HTML 9.2), in HTTP/1.1 chunks unless the client speaks 1.0."""

    def __init__(self, *, chunked: bool = True) -> None:
        self._chunked = chunked

    def event(self, event: Event) -> bytes:
        """One event with its id."""
        return b"id: %b\ndata: %b\n\n" % (str(event.id).encode(), event.json)

    def message(self, document: Mapping[str, object]) -> bytes:
        """An event without an id: it leaves the last event id of the client alone."""
        return b"data: %b\n\n" % compact_json(document)

    def comment(self, text: str) -> bytes:
        """A comment: shows that the stream lives, reaches no application."""
        return b": %b\n\n" % text.encode()

    def wrap(self, data: bytes) -> bytes:
        """The bytes as one chunk (RFC 9112 section 7.1)."""
        return b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data


def blocks(
    codec: Codec, events: Sequence[Event], encoded: dict[int, bytes] | None = None
) -> Iterator[Block]:
    """Join events to blocks of about `BLOCK_BYTES`.

    Args:
        codec: The transport's.
        events: In order.
        encoded: Keeps what is encoded, by sequence, for other calls with the same codec.
    """
    known = {} if encoded is None else encoded
    parts: list[bytes] = []
    size = start = 0
    for index, event in enumerate(events, 1):
        data = known.get(event.id.sequence)
        if data is None:
            data = known[event.id.sequence] = codec.event(event)
        parts.append(data)
        size += len(data)
        if size >= BLOCK_BYTES:
            yield Block(codec.wrap(b"".join(parts)), events[start:index])
            parts, size, start = [], 0, index
    if parts:
        yield Block(codec.wrap(b"".join(parts)), events[start:])
