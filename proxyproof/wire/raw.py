"""A raw HTTP/1.1 client: it sends exactly the given bytes and goes on using the connection."""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Literal

from proxyproof.wire.dial import DEADLINE, READ, dialled
from proxyproof.wire.frames import Frame, FrameDecoder
from proxyproof.wire.head import ResponseHead

NO_BODY = frozenset({101, 204, 304})


@dataclass(frozen=True)
class Answer:
    """A whole response: its head and its decoded body."""

    head: ResponseHead
    body: bytes

    @property
    def status(self) -> int:
        """The status code."""
        return self.head.status


class RawConnection:
    """One connection; `sent` and `received` keep every byte that passed.

    Every wait ends in a `TimeoutError` that says what was awaited, what came, after `deadline`.
    A connection that ends too early is an `EOFError`, or a `ConnectionResetError` after an RST.
    """

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, deadline: float = DEADLINE
    ) -> None:
        self.deadline = deadline
        self.sent = bytearray()
        self.received = bytearray()
        self._reader = reader
        self._writer = writer
        self._used = 0
        self._decoder = FrameDecoder()
        self._frames: deque[Frame] = deque()

    async def send(self, data: bytes) -> None:
        """Write the bytes as they are."""
        self.sent += data
        self._writer.write(data)
        await self._writer.drain()

    async def send_frame(self, frame: Frame) -> None:
        """Write a frame, masked."""
        await self.send(frame.encode())

    async def read_head(self) -> ResponseHead:
        """Read a response head, an interim one too."""
        return ResponseHead.parse(await self._through(b"\r\n\r\n", "a response head"))

    async def read_body(self, head: ResponseHead, method: str = "GET") -> bytes:
        """Read the body that belongs to a head (RFC 9112, 6.3)."""
        if method == "HEAD" or head.status < 200 or head.status in NO_BODY:
            return b""
        if "chunked" in head.tokens("Transfer-Encoding"):
            return await self._chunks()
        length = head.get("Content-Length")
        return await self.rest() if length is None else await self.read(int(length))

    async def answer(self, method: str = "GET") -> Answer:
        """Read the final response with its body; interim ones are passed over."""
        head = await self.read_head()
        while 100 <= head.status < 200 and head.status != 101:
            head = await self.read_head()
        return Answer(head, await self.read_body(head, method))

    async def ask(self, raw_request: bytes) -> Answer:
        """Send the bytes of a request and read the answer."""
        await self.send(raw_request)
        return await self.answer(raw_request.split(b" ", 1)[0].decode("latin-1"))

    async def read(self, n: int) -> bytes:
        """Read exactly n bytes."""
        while len(self.received) - self._used < n:
            await self._more(f"{n} bytes")
        return self._take(n)

    async def some(self) -> bytes:
        """Read what there is, at least one byte; empty at the end of the connection."""
        if self._used == len(self.received):
            with suppress(EOFError):
                await self._more("any byte")
        return self._take(len(self.received) - self._used)

    async def rest(self) -> bytes:
        """Read until the peer has ended."""
        rest = bytearray()
        while data := await self.some():
            rest += data
        return bytes(rest)

    async def ending(self) -> Literal["fin", "rst"]:
        """Read to the end and tell how the peer ended."""
        try:
            await self.rest()
        except ConnectionResetError:
            return "rst"
        return "fin"

    async def read_frames(self, n: int = 1) -> list[Frame]:
        """Read n WebSocket frames; `ProtocolError` if what comes is none."""
        while len(self._frames) < n:
            frames = self._decoder.feed(self._take(len(self.received) - self._used))
            self._frames.extend(frames)
            if not frames:
                await self._more(f"{n} frames")
        return [self._frames.popleft() for _ in range(n)]

    def finish(self) -> None:
        """Send FIN (on TLS: nothing, it cannot half-close)."""
        if self._writer.can_write_eof():
            self._writer.write_eof()

    def drop(self) -> None:
        """Be gone at once: no TLS goodbye, whose answer a proxy may owe until its next write."""
        self._writer.transport.abort()

    async def _chunks(self) -> bytes:
        body = bytearray()
        while size := int((await self._through(b"\r\n", "a chunk size")).split(b";")[0], 16):
            body += await self.read(size)
            await self._through(b"\r\n", "the end of a chunk")
        while await self._through(b"\r\n", "the end of the trailers") != b"\r\n":
            pass
        return bytes(body)

    async def _through(self, marker: bytes, what: str) -> bytes:
        while (at := self.received.find(marker, self._used)) < 0:
            await self._more(what)
        return self._take(at + len(marker) - self._used)

    def _take(self, n: int) -> bytes:
        start, self._used = self._used, self._used + n
        return bytes(self.received[start : self._used])

    async def _more(self, what: str) -> None:
        unread = bytes(self.received[self._used :][:80])
        try:
            async with asyncio.timeout(self.deadline):
                data = await self._reader.read(READ)
        except TimeoutError:
            raise TimeoutError(
                f"expected {what} within {self.deadline} s, got {unread!r}"
            ) from None
        if not data:
            raise EOFError(f"expected {what}, the connection ended after {unread!r}")
        self.received += data


@asynccontextmanager
async def raw_connection(
    host: str,
    port: int,
    *,
    tls: ssl.SSLContext | None = None,
    server_hostname: str | None = None,
    connect_to: tuple[str, int] | None = None,
    deadline: float = DEADLINE,
) -> AsyncIterator[RawConnection]:
    """Open a connection for hand-written bytes, see `dialled`; `deadline` holds for each wait.

    The ALPN offer is the one of the context `tls`.
    """
    opening = dialled(
        host,
        port,
        tls=tls,
        server_hostname=server_hostname,
        connect_to=connect_to,
        deadline=deadline,
    )
    async with opening as (reader, writer):
        yield RawConnection(reader, writer, deadline)
