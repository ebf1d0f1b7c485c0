"""A WebSocket on a stream of HTTP/2 (RFC 8441), behind the face of an asyncio transport.

`websockets` speaks the opening handshake of HTTP/1.1 to whatever transport it has. A tunnel makes
an extended CONNECT of it and an HTTP/1.1 answer of the response, so that all above stays as it is.
"""

import asyncio
import base64
import hashlib
from collections.abc import Iterable
from typing import Any

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    RemoteSettingsChanged,
    ResponseReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import ProtocolError

from proxyproof.client.transport.channel import SentHead
from proxyproof.client.transport.farewell import Farewell

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 1.3
_BUFFER = 64 * 1024
# Fields of HTTP/1.1 alone (RFC 9113 8.2.2), and what an extended CONNECT has no use for (RFC 8441
# 5); Host is `:authority`.
_NOT_SENT = {"host", "connection", "upgrade", "sec-websocket-key"}
_NOT_TAKEN = {":status", "connection", "upgrade", "transfer-encoding", "sec-websocket-accept"}
_SWITCHED = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "


class Leg(asyncio.Protocol):
    """One HTTP/2 connection, for one WebSocket.

    Attributes:
        offered: whether the server offers the extended CONNECT, once its SETTINGS are there.
        lost: done when the connection is.
        full: whether the kernel takes no more for now.
    """

    transport: asyncio.Transport

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.offered: asyncio.Future[bool] = loop.create_future()
        self.lost: asyncio.Future[None] = loop.create_future()
        self.full = False
        self.h2 = H2Connection(
            H2Configuration(
                client_side=True,
                header_encoding="latin-1",
                split_outbound_cookies=True,  # as in browsers (RFC 9113 8.2.3)
            )
        )
        self.tunnel: Tunnel | None = None
        self._farewell = Farewell()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with the preface, if HTTP/2 was chosen by ALPN."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if transport.get_extra_info("ssl_object").selected_alpn_protocol() != "h2":
            self._decide(offered=False)
            return
        self.h2.initiate_connection()
        self.flush()

    def data_received(self, data: bytes) -> None:
        """Take what the server sends, and answer what HTTP/2 wants answered."""
        try:
            events = self.h2.receive_data(self._farewell.without(data))
        except ProtocolError as error:
            self.flush()
            self.fail(ConnectionAbortedError(f"not HTTP/2 as it must be: {error}"))
            return
        for event in events:
            self._take(event)
        self.flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the tunnel with its connection."""
        self._decide(offered=False)
        self.lost.set_result(None)
        if self.tunnel is not None:
            self.tunnel.end(exc)

    def pause_writing(self) -> None:
        """Let the tunnel know that the kernel is full."""
        self._fill(full=True)

    def resume_writing(self) -> None:
        """Let the tunnel know that there is room again."""
        self._fill(full=False)

    def flush(self) -> None:
        """Write what HTTP/2 has to say."""
        if not self.transport.is_closing():
            self.transport.write(self.h2.data_to_send())

    def fail(self, error: Exception) -> None:
        """Drop the connection because of an error."""
        if self.tunnel is not None:
            self.tunnel.end(error)
        self.transport.abort()

    def _take(self, event: Event) -> None:
        if isinstance(event, RemoteSettingsChanged):
            self._decide(offered=bool(self.h2.remote_settings.enable_connect_protocol))
        if self.tunnel is not None:
            self.tunnel.take(event)

    def _decide(self, *, offered: bool) -> None:
        if not self.offered.done():
            self.offered.set_result(offered)

    def _fill(self, *, full: bool) -> None:
        self.full = full
        if self.tunnel is not None:
            self.tunnel.pump()


class Tunnel(asyncio.Transport):
    """One stream of HTTP/2 as a transport: bytes in, bytes out.

    The end of the stream is the end of input, a reset is a connection that broke (RFC 8441 5).

    Attributes:
        asked: the extended CONNECT as it was sent; None until then.
    """

    def __init__(self, leg: Leg, above: asyncio.Protocol) -> None:
        super().__init__()
        leg.tunnel = self
        self.asked: SentHead | None = None
        self._leg, self._above = leg, above
        self._stream = leg.h2.get_next_available_stream_id()
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
        while self._pending and not self._over and not self._leg.full and (size := self._room()):
            self._leg.h2.send_data(self._stream, bytes(self._pending[:size]))
            del self._pending[:size]
            self._leg.flush()
        if self._ending and not self._pending and not self._over:
            self._over = True
            self._leg.h2.end_stream(self._stream)
            self._leg.flush()
        if self._closing and (self._over or not self._pending):
            self._leg.transport.close()
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
        if self._leg.tunnel is self:
            self._leg.tunnel = None
            self._above.connection_lost(error)

    def close(self) -> None:
        """End the stream and the connection when everything is sent."""
        self._closing = self._ending = True
        self.pump()

    def abort(self) -> None:
        """Drop the connection."""
        self._closing = self._over = True
        self._leg.transport.abort()

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
        self._leg.flush()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set how many bytes may wait before the writer is asked to pause."""
        self._high = _BUFFER if high is None else high

    def get_extra_info(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 -- asyncio's own
        """What is known of the connection below."""
        return self._leg.transport.get_extra_info(name, default)

    def _ask(self, head: str) -> None:
        (_, target, _), fields = _parsed(head)
        known = {name.lower(): value for name, value in fields}
        self._accept = _accept_value(known["sec-websocket-key"])
        pseudo = ((":protocol", "websocket"), (":scheme", "https"), (":authority", known["host"]))
        sent = [(name.lower(), value) for name, value in fields if name.lower() not in _NOT_SENT]
        self.asked = SentHead("CONNECT", target, (*pseudo, *sent), "HTTP/2")
        opening = [(":method", "CONNECT"), *pseudo, (":path", target), *sent]
        self._leg.h2.send_headers(self._stream, opening)
        self._leg.flush()

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
        if size and not self._leg.transport.is_closing():
            self._leg.h2.acknowledge_received_data(size, self._stream)

    def _broken(self, event: StreamReset | ConnectionTerminated) -> None:
        self.end(ConnectionResetError(f"the stream was reset: error code {event.error_code}"))
        self._leg.transport.abort()

    def _room(self) -> int:
        h2 = self._leg.h2
        return min(h2.local_flow_control_window(self._stream), h2.max_outbound_frame_size, 1 << 14)

    def _balance(self) -> None:
        crowded = self._leg.full or len(self._pending) > self._high
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


def _accept_value(key: str) -> str:
    digest = hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()
