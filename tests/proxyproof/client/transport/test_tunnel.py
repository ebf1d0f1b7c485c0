import asyncio
import ssl

import pytest
from hyperframe.frame import GoAwayFrame
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from proxyproof.client.transport.version import Connect, version_of
from proxyproof.client.transport.websocket import sent_head
from proxyproof.wire import frames
from tests.proxyproof.client.transport.http2_server import DEADLINE, Server, serving


def opens(server: Server, stream: int) -> None:
    server.answer(stream, "200", ("sec-websocket-accept", "is not looked at"), ("x-mark", "1"))


def refuses(server: Server, stream: int) -> None:
    server.answer(stream, "403", ("content-type", "text/plain"))
    server.send(stream, b"not you", end=True)


def connecting(server: Server, trust: ssl.SSLContext, **options: object) -> Connect:
    return Connect(
        "wss://app.test/api/ws?case=1",
        http="2",
        ssl=trust,
        host="127.0.0.1",
        port=server.port,
        proxy=None,
        ping_interval=None,
        **{"open_timeout": DEADLINE, "close_timeout": DEADLINE, **options},
    )


def serve_text(server: Server, message: str) -> None:
    server.send(1, frames.text(message).encode(masked=False))
    server.flush()


async def closed(connection: ClientConnection) -> ConnectionClosed:
    with pytest.raises(ConnectionClosed) as caught:
        async with asyncio.timeout(DEADLINE):
            await connection.recv()
    return caught.value


async def test_the_handshake_is_an_extended_connect() -> None:
    fields = [("Cookie", "a=1; b=2"), ("X-Mixed", "Case")]
    async with (
        serving(opens) as (server, trust),
        connecting(server, trust, additional_headers=fields) as connection,
    ):
        head = sent_head(connection)
    [received] = server.heads

    assert received[0] == (":method", "CONNECT")
    assert {(":protocol", "websocket"), (":scheme", "https"), (":authority", "app.test")} < {
        *received
    }
    assert (":path", "/api/ws?case=1") in received
    assert [value for name, value in received if name == "cookie"] == ["a=1", "b=2"]
    assert ("x-mixed", "Case") in received
    assert not {"connection", "upgrade", "host", "sec-websocket-key"} & {n for n, _ in received}
    assert head is not None
    assert (head.method, head.target, head.version) == ("CONNECT", "/api/ws?case=1", "HTTP/2")


async def test_messages_go_both_ways_and_the_close_is_a_handshake() -> None:
    async with (
        serving(opens) as (server, trust),
        connecting(server, trust) as connection,
    ):
        serve_text(server, "from the server")
        received = await connection.recv()
        await connection.send("from the client")
        await server.until(lambda: len(server.frames) == 1)
        server.send(1, frames.close(1001, "gone").encode(masked=False), end=True)
        server.flush()
        end = await closed(connection)

    assert received == "from the server"
    assert server.frames[0].opcode is frames.Opcode.TEXT
    assert connection.response is not None
    assert connection.response.headers["x-mark"] == "1"
    assert version_of(connection) == "HTTP/2"
    assert end.rcvd is not None
    assert (end.rcvd.code, end.rcvd.reason) == (1001, "gone")
    assert server.ends[:1] == ["StreamEnded"]


async def test_a_refusal_has_its_status_and_body() -> None:
    async with serving(refuses) as (server, trust):
        with pytest.raises(InvalidStatus) as refused:
            await connecting(server, trust)

    assert refused.value.response.status_code == 403
    assert refused.value.response.body == b"not you"


async def test_a_reset_is_a_connection_that_broke() -> None:
    async with serving(opens) as (server, trust), connecting(server, trust) as connection:
        server.reset(1)
        server.flush()
        end = await closed(connection)

    assert end.rcvd is None
    assert isinstance(end.__cause__, ConnectionResetError)


async def test_a_server_that_will_go_still_serves_what_is_open() -> None:
    async with serving(opens) as (server, trust), connecting(server, trust) as connection:
        server.writer.write(GoAwayFrame(0, last_stream_id=1).serialize())
        serve_text(server, "after the farewell")
        received = await connection.recv()
        await connection.send("and back")
        await server.until(lambda: len(server.frames) == 1)

    assert received == "after the farewell"


async def test_a_lost_connection_is_no_end() -> None:
    async with serving(opens) as (server, trust), connecting(server, trust) as connection:
        server.writer.transport.abort()
        end = await closed(connection)

    assert end.rcvd is None


async def test_what_is_no_http2_ends_the_connection() -> None:
    async with serving(opens) as (server, trust), connecting(server, trust) as connection:
        server.writer.write(b"\0\0\1\0\0\0\0\0\0x")  # DATA on stream 0
        end = await closed(connection)

    assert isinstance(end.__cause__, ConnectionAbortedError)


async def test_a_server_that_takes_nothing_makes_the_writer_wait() -> None:
    async with (
        serving(opens, window=1000) as (server, trust),
        connecting(server, trust, write_limit=4096, compression=None) as connection,
    ):
        server.greedy = False
        sending = asyncio.create_task(connection.send("x" * 20_000))
        await asyncio.wait([sending], timeout=0.1)
        waits = not sending.done()
        server.greedy = True
        server.h2.increment_flow_control_window(100_000)
        server.h2.increment_flow_control_window(100_000, 1)
        server.flush()
        await asyncio.wait_for(sending, DEADLINE)
        await server.until(lambda: len(server.frames) == 1)

    assert waits
    assert len(server.frames[0].data) == 20_000


async def test_a_reader_that_takes_nothing_holds_the_server_up() -> None:
    async with (
        serving(opens) as (server, trust),
        connecting(server, trust, max_queue=1, max_size=None) as connection,
    ):
        for number in range(6):
            server.send(1, frames.text(f"{number}" * 10_000).encode(masked=False))
            server.flush()
        first = await connection.recv()
        rest = [await connection.recv() for _ in range(5)]
        await connection.send("all there")
        await server.until(lambda: len(server.frames) == 1)

    assert first == "0" * 10_000
    assert rest == [f"{number}" * 10_000 for number in range(1, 6)]
    assert server.h2.local_flow_control_window(1) > 10_000


async def test_the_address_below_is_known() -> None:
    async with serving(opens) as (server, trust), connecting(server, trust) as connection:
        assert connection.remote_address == ("127.0.0.1", server.port)
