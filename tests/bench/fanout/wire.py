"""How the two transports look on the wire, for a client that only reads. Pure."""

import json
from collections.abc import Iterator
from typing import Protocol

Unit = tuple[list[bytes], int]
"""The JSON texts in one unit of the stream, and the offset at which the unit ends."""


class Wire(Protocol):
    """One transport."""

    def request(self, authority: str) -> bytes:
        """The request that opens a stream."""

    def unit(self, stream: bytes | bytearray, at: int) -> Unit | None:
        """The unit that begins at an offset; None while it is not whole."""


class WebSocketWire:
    """Unmasked text frames; every other frame is an error."""

    def __init__(self, path: str) -> None:
        self._path = path

    def request(self, authority: str) -> bytes:
        """A handshake without extensions."""
        return (
            f"GET {self._path} HTTP/1.1\r\nHost: {authority}\r\nConnection: Upgrade\r\n"
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        ).encode()

    def unit(self, stream: bytes | bytearray, at: int) -> Unit | None:
        """One frame (RFC 6455 section 5.2)."""
        if len(stream) < at + 4:
            return None
        if stream[at] != 0x81:
            raise ValueError(f"final text frame expected, got first byte 0x{stream[at]:02x}")
        size, begin = stream[at + 1], at + 2
        if size == 126:
            size, begin = int.from_bytes(stream[at + 2 : at + 4], "big"), at + 4
        end = begin + size
        return ([bytes(stream[begin:end])], end) if len(stream) >= end else None


class EventStreamWire:
    """Event streams in HTTP/1.1 chunks; an event never crosses the border of a chunk here."""

    def request(self, authority: str) -> bytes:
        """A request as EventSource makes it."""
        head = f"GET /api/events HTTP/1.1\r\nHost: {authority}\r\nAccept: text/event-stream\r\n\r\n"
        return head.encode()

    def unit(self, stream: bytes | bytearray, at: int) -> Unit | None:
        """One chunk (RFC 9112 section 7.1)."""
        begin = stream.find(b"\r\n", at) + 2
        if begin < 2:
            return None
        end = begin + int(stream[at : begin - 2], 16)
        if len(stream) < end + 2:
            return None
        return list(_data(bytes(stream[begin:end]))), end + 2


def sequence_of(document: bytes) -> int:
    """The sequence number in the id of an event."""
    return int(json.loads(document)["id"].rpartition("-")[2])


def _data(chunk: bytes) -> Iterator[bytes]:
    for line in chunk.split(b"\n"):
        if line.startswith(b"data: "):
            yield line[6:]
