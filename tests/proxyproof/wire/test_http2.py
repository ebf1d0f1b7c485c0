import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import h2.events
import pytest
import trustme
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.settings import SettingCodes, Settings

from proxyproof.wire import frames
from proxyproof.wire.frames import FrameDecoder
from proxyproof.wire.http2 import Http2Connection, http2_connection

OnEvent = Callable[[H2Connection, h2.events.Event], None]
LENIENT = H2Configuration(
    client_side=False, validate_outbound_headers=False, normalize_outbound_headers=False
)
OFFERS_CONNECT: dict[SettingCodes, int] = {
    SettingCodes.ENABLE_CONNECT_PROTOCOL: 1,
    SettingCodes.MAX_CONCURRENT_STREAMS: 7,
}


@asynccontextmanager
async def probing(
    on_event: OnEvent,
    settings: dict[SettingCodes, int] = OFFERS_CONNECT,
    *,
    alpn: str = "h2",
    deadline: float = 5.0,
) -> AsyncIterator[Http2Connection]:
    """A prober connected to a server that reacts to events as the test says."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("app.test").configure_cert(context)
    context.set_alpn_protocols([alpn])

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = H2Connection(LENIENT)
        connection.local_settings = Settings(client=False, initial_values=settings)
        connection.initiate_connection()
        writer.write(connection.data_to_send())
        while data := await reader.read(65_536):
            for event in connection.receive_data(data):
                on_event(connection, event)
            writer.write(connection.data_to_send())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    address: tuple[str, int] = server.sockets[0].getsockname()
    try:
        async with http2_connection(
            "app.test", 443, trust, connect_to=address, deadline=deadline
        ) as connection:
            yield connection
    finally:
        server.close()


def answers(status: str, *fields: tuple[str, str], body: bytes = b"") -> OnEvent:
    def on_event(connection: H2Connection, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.RequestReceived):
            connection.send_headers(event.stream_id, [(":status", status), *fields])
            connection.send_data(event.stream_id, body, end_stream=True)

    return on_event


def echoes() -> OnEvent:
    """Opens every extended CONNECT and sends the end of each message back."""
    decoder = FrameDecoder(masked=True)

    def on_event(connection: H2Connection, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.RequestReceived):
            connection.send_headers(event.stream_id, [(":status", "200")])
        if isinstance(event, h2.events.DataReceived):
            size = event.flow_controlled_length
            assert size is not None
            connection.acknowledge_received_data(size, event.stream_id)
            for frame in decoder.feed(event.data or b""):
                reply = frames.text(frame.text[-4:])
                connection.send_data(event.stream_id, reply.encode(masked=False))

    return on_event


def ignores(_connection: H2Connection, _event: h2.events.Event) -> None:
    """Never answers."""


async def test_settings_of_the_server_are_told() -> None:
    async with probing(ignores) as connection:
        assert connection.enable_connect_protocol
        assert connection.max_concurrent_streams == 7


async def test_absent_settings_are_no_offer() -> None:
    async with probing(ignores, {}) as connection:
        assert not connection.enable_connect_protocol
        assert connection.max_concurrent_streams is None


async def test_websocket_over_http2_carries_messages() -> None:
    seen: list[h2.events.Event] = []
    echo = echoes()

    def on_event(connection: H2Connection, event: h2.events.Event) -> None:
        seen.append(event)
        echo(connection, event)

    async with probing(on_event) as connection:
        stream = await connection.connect_websocket(
            "/api/ws?case=t", "app.test", fields=[("cookie", "a=1")]
        )
        assert stream.status == 200
        await stream.send_frame(frames.text("one"))
        await stream.send_frame(frames.text("two"))
        replies = [(await stream.read_frame()).text, (await stream.read_frame()).text]

        assert replies == ["one", "two"]
    (request,) = [event for event in seen if isinstance(event, h2.events.RequestReceived)]
    assert request.headers == [
        (b":method", b"CONNECT"),
        (b":protocol", b"websocket"),
        (b":scheme", b"https"),
        (b":authority", b"app.test"),
        (b":path", b"/api/ws?case=t"),
        (b"sec-websocket-version", b"13"),
        (b"cookie", b"a=1"),
    ]


async def test_message_larger_than_a_window_passes() -> None:
    async with probing(echoes()) as connection:
        stream = await connection.connect_websocket("/", "app.test")
        await stream.send_frame(frames.text("x" * 200_000 + "y"))

        assert (await stream.read_frame()).text == "xxxy"


async def test_refused_extended_connect_has_its_status() -> None:
    async with probing(answers("403")) as connection:
        stream = await connection.connect_websocket("/", "app.test")

        assert stream.status == 403
        with pytest.raises(EOFError, match="expected a frame, stream 1 ended"):
            await stream.read_frame()


async def test_reset_extended_connect_has_its_code() -> None:
    def on_event(connection: H2Connection, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.RequestReceived):
            connection.reset_stream(event.stream_id, ErrorCodes.PROTOCOL_ERROR)

    async with probing(on_event) as connection:
        stream = await connection.connect_websocket("/", "app.test")

        assert (stream.status, stream.reset) == (0, ErrorCodes.PROTOCOL_ERROR)


async def test_two_requests_share_a_connection() -> None:
    async with probing(answers("200", body=b"body")) as connection:
        first = await connection.request("/1", "app.test")
        second = await connection.request("/2", "app.test")
        await second.wait_ended()

        assert (first.status, second.status, bytes(second.body)) == (200, 200, b"body")


async def test_forbidden_field_is_shown_and_not_hidden() -> None:
    async with probing(answers("200", ("connection", "keep-alive"))) as connection:
        stream = await connection.request("/", "app.test")

        assert ("connection", "keep-alive") in stream.fields


async def test_silent_server_is_told() -> None:
    async with probing(ignores, deadline=0.5) as connection:
        connection.deadline = 0.01
        with pytest.raises(TimeoutError, match=r"expected a response head within 0\.01 s"):
            await connection.request("/", "app.test")


async def test_server_that_goes_away_is_told() -> None:
    def on_event(connection: H2Connection, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.RequestReceived):
            connection.close_connection()

    async with probing(on_event) as connection:
        with pytest.raises(EOFError, match="expected a response head, the connection ended"):
            await connection.request("/", "app.test")


async def test_server_without_http2_is_told() -> None:
    with pytest.raises(ConnectionError, match=r"expected h2 by ALPN, the server chose 'http/1\.1'"):
        async with probing(ignores, alpn="http/1.1"):
            pass


async def test_server_that_breaks_the_protocol_is_told() -> None:
    def on_event(connection: H2Connection, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.RequestReceived):
            connection._data_to_send += bytes(9)  # DATA on stream 0

    async with probing(on_event) as connection:
        with pytest.raises(EOFError, match="the connection ended: "):
            await connection.request("/", "app.test")
