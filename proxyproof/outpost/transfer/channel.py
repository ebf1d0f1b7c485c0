"""One TCP or TLS connection as a stream of bytes, with flow control in both directions.

asyncio's own streams hide what a gateway must tell apart: a peer that ended its side, a peer that
is gone, and a connection that was reset. Here each is a fact of its own.
"""

import asyncio
import socket
import ssl
import struct
from collections.abc import Callable
from typing import cast

_NO_LINGER = struct.pack("ii", 1, 0)

HIGH_WATER = 256 * 1024
"""Bytes received and not yet read at which the peer is made to wait."""


class Channel(asyncio.Protocol):
    """Read and write the bytes of one connection.

    Attributes:
        peer: address of the other side, without the port.
        ended: the peer has ended its side; what it sent before can still be read.
        lost: the connection no longer exists.
        on_gone: called once, when the peer ends its side or the connection is lost.
    """

    def __init__(self, on_connect: Callable[["Channel"], None] | None = None) -> None:
        self.peer = ""
        self.secure = False
        self.ended = False
        self.lost = False
        self.on_gone: Callable[[], object] | None = None
        self._on_connect = on_connect
        self._error: BaseException | None = None
        self._received = bytearray()
        self._paused_reading = False
        self._reader: asyncio.Future[None] | None = None
        self._writers: list[asyncio.Future[None]] = []
        self._paused_writing = False
        self._transport: asyncio.Transport

    # what asyncio tells us

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take up the connection."""
        self._transport = cast("asyncio.Transport", transport)
        address = transport.get_extra_info("peername") or ("",)
        self.peer = str(address[0])
        self.secure = isinstance(transport.get_extra_info("ssl_object"), ssl.SSLObject)
        if self._on_connect is not None:
            self._on_connect(self)

    def data_received(self, data: bytes) -> None:
        """Keep what came until it is read."""
        self._received += data
        if len(self._received) > HIGH_WATER and not self._paused_reading:
            self._paused_reading = True
            self._transport.pause_reading()
        self._wake_reader()

    def eof_received(self) -> bool:
        """Note that the peer has ended its side."""
        self.ended = True
        self._wake_reader()
        self._tell_gone()
        return not self.secure  # TLS in asyncio knows no half-closed connection

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the connection is no more, and why."""
        self.lost = True
        self._error = exc
        self._paused_writing = False
        self._wake_reader()
        self._wake_writers()
        self._tell_gone()

    def pause_writing(self) -> None:
        """Let writers wait for a slow peer."""
        self._paused_writing = True

    def resume_writing(self) -> None:
        """Let writers go on."""
        self._paused_writing = False
        self._wake_writers()

    # what the outpost does

    @property
    def gone(self) -> bool:
        """Whether the peer has ended its side or the connection is lost."""
        return self.ended or self.lost

    async def read(self, limit: int | None = None) -> bytes:
        """Return the bytes that are there, at most `limit`; `b""` at the end.

        It waits for the first byte and for no more.

        Raises:
            ConnectionResetError: the connection broke instead of ending.
        """
        while not self._received:
            if self._error is not None:
                raise ConnectionResetError(f"connection to {self.peer} broke: {self._error}")
            if self.gone:
                return b""
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        data = bytes(self._received[:limit])
        del self._received[:limit]
        self._go_on_reading()
        return data

    def unread(self, data: bytes) -> None:
        """Put bytes back that were read too early."""
        self._received[:0] = data

    async def write(self, data: bytes) -> None:
        """Send bytes; returns when the peer keeps up.

        Raises:
            ConnectionResetError: the connection no longer exists.
        """
        if self.lost:
            raise ConnectionResetError(f"connection to {self.peer} is gone")
        self._transport.write(data)
        if self._paused_writing:
            writer = asyncio.get_running_loop().create_future()
            self._writers.append(writer)
            await writer

    def end(self, *, half: bool = True) -> None:
        """End our side after what was written; the peer may go on unless `half` is false."""
        if self.lost:
            return
        if half and self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()

    def close(self) -> None:
        """Close after what was written has been sent."""
        self._transport.close()

    def abort(self) -> None:
        """Drop the connection at once, unsent bytes included."""
        self._transport.abort()

    def reset(self) -> None:
        """Drop the connection so that the peer can tell it from an end: by a TCP reset."""
        connection = self._transport.get_extra_info("socket")
        if connection is not None and not self.lost:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._transport.abort()

    # waking

    def _go_on_reading(self) -> None:
        if self._paused_reading:
            self._paused_reading = False
            self._transport.resume_reading()

    def _wake_reader(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def _wake_writers(self) -> None:
        for writer in self._writers:
            if not writer.done():
                writer.set_result(None)
        self._writers.clear()

    def _tell_gone(self) -> None:
        tell, self.on_gone = self.on_gone, None
        if tell is not None:
            tell()
