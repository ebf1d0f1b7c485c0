"""A WebSocket on a stream of HTTP/2 (RFC 8441), behind the face of an asyncio transport.

`websockets` speaks the opening handshake of HTTP/1.1 to whatever transport it has. A tunnel makes
an extended CONNECT of it and an HTTP/1.1 answer of the response, so that all above stays as it is.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    ResponseReceived,
    StreamEnded,
    StreamReset,
)

from proxyproof.client.transport.channel import SentHead
from proxyproof.client.transport.http2 import Http2Connection
from proxyproof.wire.handshake import accept_value

_BUFFER = 64 * 1024
# Fields of HTTP/1.1 alone (RFC 9113 8.2.2), and what an extended CONNECT has no use for (RFC 8441
# 5); Host is `:authority`.
_NOT_SENT = {"host", "connection", "upgrade", "sec-websocket-key"}
_NOT_TAKEN = {":status", "connection", "upgrade", "transfer-encoding", "sec-websocket-accept"}
_SWITCHED = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "


class Tunnel(asyncio.Transport):
    """One stream of HTTP/2 as a transport: bytes in, bytes out.

    The end of the stream is the end of input, a reset is a connection that broke (RFC 8441 5).

    Attributes:
        asked: the extended CONNECT as it was sent; None until then.
    """

    def __init__(self, connection: Http2Connection, above: asyncio.Protocol) -> None:
        super().__init__()
        connection.stream = self
        self.asked: SentHead | None = None
        self._connection, self._above = connection, above
        self._stream = connection.h2.get_next_available_stream_id()
        self._accept = ""
        self._pending = bytearray()
        self._high = _BUFFER
        self._held = 0
        self._reading, self._paused = True, False
        self._closing, self._ending, self._over = False, False, False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes; the first are the head of the opening handshake."""
        self._pending += data
        if self.asked is None:
            head, complete, rest = bytes(self._pending).partition(b"\r\n\r\n")
            if not complete:
                return
            self._pending[:] = rest
            self._ask(head.decode("latin-1"))
        self.pump()

    def pump(self) -> None:
        """Send what the windows of HTTP/2 and the kernel allow, then the end if it is due."""
        while (
            self._pending
            and not self._over
            and not self._connection.full
            and (size := self._room())
        ):
            self._connection.h2.send_data(self._stream, bytes(self._pending[:size]))
            del self._pending[:size]
            self._connection.flush()
        if self._ending and not self._pending and not self._over:
            self._over = True
            self._connection.h2.end_stream(self._stream)
            self._connection.flush()
        if self._closing and (self._over or not self._pending):
            self._connection.transport.close()
        self._balance()

    def take(self, event: Event) -> None:
        """Take what happened on the connection."""
        match event:
            case ResponseReceived():
                self._above.data_received(self._answer(event.headers or ()))
            case DataReceived():
                self._receive(event.data or b"", event.flow_controlled_length or 0)
            case StreamEnded():
                self._above.eof_received()
                self.close()
            case StreamReset() | ConnectionTerminated():
                self._broken(event)
            case _:
                self.pump()

    def end(self, error: Exception | None) -> None:
        """Tell that the connection is no more, once."""
        self._over = True
        if self._connection.stream is self:
            self._connection.stream = None
            self._above.connection_lost(error)

    def close(self) -> None:
        """End the stream and the connection when everything is sent."""
        self._closing = self._ending = True
        self.pump()

    def abort(self) -> None:
        """Drop the connection."""
        self._closing = self._over = True
        self._connection.transport.abort()

    def can_write_eof(self) -> bool:
        """A stream of HTTP/2 has two ends."""
        return True

    def write_eof(self) -> None:
        """End this side of the stream when everything is sent."""
        self._ending = True
        self.pump()

    def is_closing(self) -> bool:
        """Whether it is closed or about to be."""
        return self._closing

    def pause_reading(self) -> None:
        """Leave the server's window closed from now on."""
        self._reading = False

    def resume_reading(self) -> None:
        """Open the server's window for what came meanwhile."""
        self._reading = True
        held, self._held = self._held, 0
        self._acknowledge(held)
        self._connection.flush()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set how many bytes may wait before the writer is asked to pause."""
        self._high = _BUFFER if high is None else high

    def get_extra_info(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 -- asyncio's own
        """What is known of the connection below."""
        return self._connection.transport.get_extra_info(name, default)

    def _ask(self, head: str) -> None:
        (_, target, _), fields = _parsed(head)
        known = {name.lower(): value for name, value in fields}
        self._accept = accept_value(known["sec-websocket-key"])
        pseudo = ((":protocol", "websocket"), (":scheme", "https"), (":authority", known["host"]))
        sent = [(name.lower(), value) for name, value in fields if name.lower() not in _NOT_SENT]
        self.asked = SentHead("CONNECT", target, (*pseudo, *sent), "HTTP/2")
        opening = [(":method", "CONNECT"), *pseudo, (":path", target), *sent]
        self._connection.h2.send_headers(self._stream, opening)
        self._connection.flush()

    def _answer(self, fields: Iterable[Any]) -> bytes:
        named = [(str(name), str(value)) for name, value in fields]
        status = dict(named)[":status"]
        lines = [f"{name}: {value}\r\n" for name, value in named if name not in _NOT_TAKEN]
        if status == "200":
            return _head("101 Switching Protocols", [*lines, _SWITCHED, self._accept, "\r\n"])
        return _head(f"{status} refused", lines)

    def _receive(self, data: bytes, size: int) -> None:
        if self._reading:
            self._acknowledge(size)
        else:
            self._held += size
        if not self._closing:
            self._above.data_received(data)

    def _acknowledge(self, size: int) -> None:
        if size and not self._connection.transport.is_closing():
            self._connection.h2.acknowledge_received_data(size, self._stream)

    def _broken(self, event: StreamReset | ConnectionTerminated) -> None:
        self.end(ConnectionResetError(f"the stream was reset: error code {event.error_code}"))
        self._connection.transport.abort()

    def _room(self) -> int:
        if self._over or self._connection.full:
            return 0
        h2 = self._connection.h2
        return min(h2.local_flow_control_window(self._stream), h2.max_outbound_frame_size, 1 << 14)

    def _balance(self) -> None:
        crowded = self._connection.full or len(self._pending) > self._high
        if crowded == self._paused:
            return
        self._paused = crowded
        (self._above.pause_writing if crowded else self._above.resume_writing)()


def _parsed(head: str) -> tuple[list[str], list[tuple[str, str]]]:
    start, *lines = head.split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return start.split(" "), [(name, value.strip()) for name, _, value in pairs]


def _head(status: str, lines: list[str]) -> bytes:
    return f"HTTP/1.1 {status}\r\n{''.join(lines)}\r\n".encode("latin-1")
