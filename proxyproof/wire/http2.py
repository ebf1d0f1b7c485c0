"""A prober for HTTP/2: what a server offers, and whether its extended CONNECT works (RFC 8441)."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

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
from h2.settings import SettingCodes

from proxyproof.wire.dial import DEADLINE, READ, alpn_of, dialled
from proxyproof.wire.facts import Facts
from proxyproof.wire.frames import Frame, FrameDecoder
from proxyproof.wire.head import Field

# What breaks the rules must be seen (a `connection` field, RFC 9113, 8.2.2), not refused by h2.
LENIENT = H2Configuration(
    client_side=True,
    header_encoding="latin-1",
    validate_inbound_headers=False,
    validate_outbound_headers=False,
)


@dataclass
class Http2Stream:
    """One request on the connection.

    `status` is 0 until the response head is there, `fields` are as received, `:status` included.
    `reset` is the error code if the peer broke the stream off.
    """

    connection: "Http2Connection"
    id: int
    status: int = 0
    fields: tuple[Field, ...] = ()
    body: bytearray = field(default_factory=bytearray)
    ended: bool = False
    reset: int | None = None
    _read: int = 0
    _decoder: FrameDecoder = field(default_factory=FrameDecoder)
    _frames: list[Frame] = field(default_factory=list)

    async def wait_ended(self) -> None:
        """Wait until the peer has ended the stream, orderly or not (then `reset` is the code)."""
        await self.connection.until(lambda: self.ended, f"the end of stream {self.id}")

    async def send_frame(self, frame: Frame) -> None:
        """Send a WebSocket frame, masked here too (RFC 8441, section 5)."""
        await self.connection.send_data(self.id, frame.encode())

    async def read_frame(self) -> Frame:
        """Read one WebSocket frame; EOFError if the stream ends before."""
        while not self._frames:
            self._frames += self._decoder.feed(await self._unread())
        return self._frames.pop(0)

    async def _unread(self) -> bytes:
        seen = self._read
        await self.connection.until(
            lambda: len(self.body) > seen or self.ended, f"a frame on stream {self.id}"
        )
        if len(self.body) == seen:
            raise EOFError(f"expected a frame, stream {self.id} ended with reset {self.reset}")
        self._read = len(self.body)
        return bytes(self.body[seen:])


class Http2Connection:
    """An HTTP/2 connection to a server under test."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, deadline: float
    ) -> None:
        self.deadline = deadline
        self.settings: dict[int, int] | None = None
        self.ended = False
        self._reader = reader
        self._writer = writer
        self._facts = Facts()
        self._streams: dict[int, Http2Stream] = {}
        self._why = "the server ended it"
        self._h2 = H2Connection(LENIENT)

    @property
    def enable_connect_protocol(self) -> bool:
        """Whether the server's SETTINGS offer the extended CONNECT (RFC 8441, section 3)."""
        return (self.settings or {}).get(SettingCodes.ENABLE_CONNECT_PROTOCOL) == 1

    @property
    def max_concurrent_streams(self) -> int | None:
        """The server's limit; None if it sets none."""
        return (self.settings or {}).get(SettingCodes.MAX_CONCURRENT_STREAMS)

    async def run(self) -> None:
        """Read until the server has ended; cancelled when the prober is done."""
        try:
            while data := await self._reader.read(READ):
                for event in self._h2.receive_data(data):
                    self._on_event(event)
                await self._flush()
        except (OSError, ProtocolError) as error:
            self._why = str(error)
        finally:
            self._end()

    async def request(
        self, path: str, authority: str, *, method: str = "GET", fields: Iterable[Field] = ()
    ) -> Http2Stream:
        """Send a request without a body and wait for the response head."""
        head = (
            (":method", method),
            (":scheme", "https"),
            (":authority", authority),
            (":path", path),
        )
        return await self._open((*head, *fields), end_stream=True)

    async def connect_websocket(
        self, path: str, authority: str, *, fields: Iterable[Field] = ()
    ) -> Http2Stream:
        """Try an extended CONNECT; a status of 200 has opened a WebSocket (RFC 8441, section 4).

        It is sent whether or not the server offers it: a refusal is an answer, too.
        """
        head = (
            (":method", "CONNECT"),
            (":protocol", "websocket"),
            (":scheme", "https"),
            (":authority", authority),
            (":path", path),
            ("sec-websocket-version", "13"),
        )
        return await self._open((*head, *fields), end_stream=False)

    async def send_data(self, stream: int, data: bytes) -> None:
        """Send data on a stream, in frames as the server's window allows."""
        while data:
            await self.until(lambda: self._window(stream) > 0, "room in the flow-control window")
            size = min(self._window(stream), self._h2.max_outbound_frame_size)
            self._h2.send_data(stream, data[:size])
            data = data[size:]
            await self._flush()

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait for a fact; TimeoutError or EOFError says what was awaited."""
        try:
            async with asyncio.timeout(self.deadline):
                await self._facts.until(lambda: holds() or self.ended)
        except TimeoutError:
            raise TimeoutError(f"expected {what} within {self.deadline} s") from None
        if not holds():
            raise EOFError(f"expected {what}, the connection ended: {self._why}")

    async def begin(self) -> None:
        """Send the preface and wait for the server's SETTINGS."""
        self._h2.initiate_connection()
        await self._flush()
        await self.until(lambda: self.settings is not None, "the SETTINGS of the server")

    async def _open(self, head: tuple[Field, ...], *, end_stream: bool) -> Http2Stream:
        stream = Http2Stream(self, self._h2.get_next_available_stream_id())
        self._streams[stream.id] = stream
        self._h2.send_headers(stream.id, head, end_stream=end_stream)
        await self._flush()
        await self.until(lambda: stream.status > 0 or stream.ended, "a response head")
        return stream

    def _window(self, stream: int) -> int:
        return self._h2.local_flow_control_window(stream)

    def _on_event(self, event: Event) -> None:
        match event:
            case RemoteSettingsChanged():
                changed = {code: one.new_value for code, one in event.changed_settings.items()}
                self.settings = {**(self.settings or {}), **changed}
            case ResponseReceived(stream_id=int(number)):
                self._on_response(self._streams[number], event)
            case DataReceived(stream_id=int(number)):
                self._on_data(self._streams[number], event)
            case StreamEnded(stream_id=int(number)):
                self._streams[number].ended = True
            case StreamReset(stream_id=int(number)):
                self._streams[number].ended = True
                self._streams[number].reset = event.error_code
            case ConnectionTerminated():
                self._end()
        self._facts.changed()

    def _on_response(self, stream: Http2Stream, event: ResponseReceived) -> None:
        fields = tuple((str(name), str(value)) for name, value in event.headers or ())
        stream.status = int(dict(fields)[":status"])
        stream.fields = fields

    def _on_data(self, stream: Http2Stream, event: DataReceived) -> None:
        stream.body += event.data or b""
        self._h2.acknowledge_received_data(event.flow_controlled_length or 0, stream.id)

    def _end(self) -> None:
        self.ended = True
        self._facts.changed()

    async def _flush(self) -> None:
        self._writer.write(self._h2.data_to_send())
        await self._writer.drain()


@asynccontextmanager
async def http2_connection(
    host: str,
    port: int,
    tls: ssl.SSLContext,
    *,
    connect_to: tuple[str, int] | None = None,
    deadline: float = DEADLINE,
) -> AsyncIterator[Http2Connection]:
    """Open an HTTP/2 connection; the SETTINGS of the server are known then.

    Raises:
        ConnectionError: If the server does not choose `h2`.
    """
    tls.set_alpn_protocols(["h2", "http/1.1"])
    opening = dialled(host, port, tls=tls, connect_to=connect_to, deadline=deadline)
    async with opening as (reader, writer):
        if (chosen := alpn_of(writer)) != "h2":
            raise ConnectionError(f"expected h2 by ALPN, the server chose {chosen!r}")
        connection = Http2Connection(reader, writer, deadline)
        reading = asyncio.create_task(connection.run())
        try:
            await connection.begin()
            yield connection
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
