"""A small HTTP/2 server for one WebSocket at a time, which does what a test tells it."""

import asyncio
import functools
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import trustme
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, Event, RequestReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings

from proxyproof.wire.frames import Frame, FrameDecoder, Opcode

DEADLINE = 5.0
Does = Callable[["Server", int], None]


@dataclass
class Server:
    """The server's side of the newest connection, and what it was asked."""

    does: Does
    window: int = 65_535
    offers: bool = True
    port: int = 0
    connections: int = 0
    heads: list[list[tuple[str, str]]] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    h2: H2Connection = field(init=False)
    writer: asyncio.StreamWriter = field(init=False)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    greedy: bool = True
    ended: bool = False
    _decoder: FrameDecoder = field(init=False)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writer, self._decoder, self.ended = writer, FrameDecoder(masked=True), False
        # The crumbs of a cookie are to be seen as they came.
        as_received = H2Configuration(
            client_side=False, header_encoding="latin-1", normalize_inbound_headers=False
        )
        self.h2 = H2Connection(as_received)
        initial = {
            SettingCodes.ENABLE_CONNECT_PROTOCOL: int(self.offers),
            SettingCodes.INITIAL_WINDOW_SIZE: self.window,
        }
        self.h2.local_settings = Settings(client=False, initial_values=initial)
        self.h2.initiate_connection()
        self.flush()
        try:
            while data := await reader.read(65_536):
                await self._take(data)
        except (OSError, ProtocolError):
            pass
        finally:
            self.ends.append("connection")
            async with self.changed:
                self.changed.notify_all()
            writer.close()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE), self.changed:
            await self.changed.wait_for(holds)

    def flush(self) -> None:
        self.writer.write(self.h2.data_to_send())

    def answer(self, stream: int, status: str, *fields: tuple[str, str]) -> None:
        self.h2.send_headers(stream, [(":status", status), *fields])

    def send(self, stream: int, data: bytes, *, end: bool = False) -> None:
        self.ended = self.ended or end
        self.h2.send_data(stream, data, end_stream=end)

    def reset(self, stream: int) -> None:
        self.h2.reset_stream(stream, ErrorCodes.CANCEL)

    async def _take(self, data: bytes) -> None:
        for event in self.h2.receive_data(data):
            self._on_event(event)
        self.flush()
        async with self.changed:
            self.changed.notify_all()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, RequestReceived):
            self.heads.append([(str(name), str(value)) for name, value in event.headers or ()])
            self.does(self, event.stream_id or 0)
        elif isinstance(event, DataReceived):
            self._read(event.stream_id or 0, self._decoder.feed(event.data or b""))
            if self.greedy:
                self.h2.acknowledge_received_data(
                    event.flow_controlled_length or 0, event.stream_id or 0
                )
        elif isinstance(event, StreamEnded | StreamReset):
            self.ends.append(type(event).__name__)

    def _read(self, stream: int, frames: list[Frame]) -> None:
        self.frames += frames
        for frame in frames:
            if frame.opcode is Opcode.CLOSE and not self.ended:
                self.send(stream, frame.encode(masked=False), end=True)


@functools.cache
def certified() -> tuple[trustme.CA, trustme.LeafCert]:
    authority = trustme.CA()
    return authority, authority.issue_cert("app.test")


@asynccontextmanager
async def serving(
    does: Does, *, alpn: str = "h2", offers: bool = True, window: int = 65_535
) -> AsyncIterator[tuple[Server, ssl.SSLContext]]:
    """A server, and the context that trusts it."""
    authority, certificate = certified()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    context.set_alpn_protocols([alpn])
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    server = Server(does, window, offers)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=context)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server, trust
    finally:
        listener.close()
        await server.until(lambda: server.ends.count("connection") == server.connections)
