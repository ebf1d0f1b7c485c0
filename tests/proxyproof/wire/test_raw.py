import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import trustme

from proxyproof.wire import frames
from proxyproof.wire.dial import dialled, negotiated
from proxyproof.wire.frames import FrameDecoder
from proxyproof.wire.handshake import accept_value, request, upgrade_request
from proxyproof.wire.raw import RawConnection, raw_connection

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def talking_to(serve: Serve, *, deadline: float = 5.0) -> AsyncIterator[RawConnection]:
    """A raw connection to a server that does as the test says, then ends."""
    served = asyncio.Event()

    async def serve_and_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve(reader, writer)
        writer.close()
        served.set()

    server = await asyncio.start_server(serve_and_end, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    async with raw_connection("127.0.0.1", port, deadline=deadline) as connection:
        yield connection
    await served.wait()
    server.close()


def saying(*answers: bytes) -> Serve:
    """Answers the requests one after the other with these bytes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()

    return serve


async def test_bytes_are_sent_as_written_and_everything_is_kept() -> None:
    heard = bytearray()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    raw = b"GET  //x/%2e%2e HTTP/1.1\r\nhOsT : a\r\n\r\n"
    async with talking_to(serve) as connection:
        await connection.send(raw)
        await connection.answer()

        assert heard == raw
        assert connection.sent == raw
        assert connection.received == b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", b"body"),
        (CHUNKED + b"1\r\nb\r\n3;x=y\r\nody\r\n0\r\nTrailer: 1\r\n\r\n", b"body"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbody", b"body"),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n", b""),
        (b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", b""),
    ],
)
async def test_body_ends_where_the_standard_says(answer: bytes, body: bytes) -> None:
    async with talking_to(saying(answer)) as connection:
        assert (await connection.ask(request("/", "a"))).body == body


async def test_answer_to_head_has_no_body() -> None:
    async with talking_to(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")) as connection:
        answer = await connection.ask(request("/", "a", method="HEAD"))

        assert (answer.status, answer.body) == (200, b"")


async def test_connection_is_used_again_after_a_refused_upgrade() -> None:
    refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"
    page = b"HTTP/1.1 302 Found\r\nLocation: /start\r\nContent-Length: 0\r\n\r\n"
    async with talking_to(saying(refusal, page)) as connection:
        first = await connection.ask(upgrade_request("/api/ws", "a"))
        second = await connection.ask(request("/admin", "a"))

        assert (first.status, second.status) == (403, 302)
        assert await connection.ending() == "fin"


async def test_frames_in_the_segment_of_the_101_are_read() -> None:
    head = f"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: {accept_value('k')}\r\n\r\n"
    three = b"".join(frames.text(word).encode(masked=False) for word in ("one", "two", "three"))
    async with talking_to(saying(head.encode() + three)) as connection:
        answer = await connection.ask(upgrade_request("/api/ws", "a", key="k"))
        first = await connection.read_frames()
        others = await connection.read_frames(2)

        assert answer.head.get("Sec-WebSocket-Accept") == accept_value("k")
        assert [frame.text for frame in first + others] == ["one", "two", "three"]


async def test_frames_are_sent_masked() -> None:
    heard: list[frames.Frame] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(FrameDecoder(masked=True).feed(await reader.read(100)))

    async with talking_to(serve) as connection:
        await connection.send_frame(frames.ping(b"nonce"))
        await connection.rest()

        assert heard == [frames.ping(b"nonce")]


async def test_frames_that_come_in_pieces_are_waited_for() -> None:
    wire = frames.text("slow").encode(masked=False)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for n in wire:
            writer.write(bytes([n]))
            await asyncio.sleep(0)

    async with talking_to(serve) as connection:
        assert [frame.text for frame in await connection.read_frames()] == ["slow"]


async def test_some_gives_what_there_is_and_nothing_at_the_end() -> None:
    async with talking_to(saying(b"HTTP/1.1 200 OK\r\n\r\ndata: x\n\n")) as connection:
        await connection.send(request("/", "a"))
        await connection.read_head()

        assert await connection.read(4) == b"data"
        assert await connection.some() == b": x\n\n"
        assert await connection.some() == b""


async def test_reset_is_told_from_an_orderly_end() -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock: socket.socket = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with talking_to(serve) as connection:
        assert await connection.ending() == "rst"


async def test_half_close_lets_the_answer_come() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"heard " + await reader.read())

    async with talking_to(serve) as connection:
        await connection.send(b"everything")
        connection.finish()

        assert await connection.rest() == b"heard everything"


async def test_silence_is_told_with_what_came_before() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200")
        await reader.read()

    async with talking_to(serve, deadline=0.05) as connection:
        await connection.read(4)
        with pytest.raises(TimeoutError, match=r"expected a response head within 0.05 s, got b'/1"):
            await connection.read_head()
        connection.finish()


async def test_early_end_is_told() -> None:
    async with talking_to(saying(CHUNKED + b"5\r\nbo")) as connection:
        with pytest.raises(EOFError, match="expected 5 bytes, the connection ended after b'bo'"):
            await connection.ask(request("/", "a"))


@pytest.mark.parametrize(
    ("supported", "chosen"),
    [(["h2", "http/1.1"], "h2"), (["http/1.1"], "http/1.1"), ([], None)],
)
async def test_tls_is_dialled_at_another_address_and_alpn_is_told(
    supported: list[str], chosen: str | None
) -> None:
    authority = trustme.CA()
    context = ssl_context(authority, supported)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read(100))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    address: tuple[str, int] = server.sockets[0].getsockname()
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    async with raw_connection("app.test", 443, tls=trust, connect_to=address) as connection:
        await connection.send(b"echo")
        connection.finish()
        echo = await connection.rest()
    protocol = await negotiated("app.test", 443, trust, connect_to=address)
    server.close()

    assert (echo, protocol) == (b"echo", chosen)


async def test_leaving_that_is_given_up_ends_a_connection_whose_peer_says_no_goodbye() -> None:
    authority = trustme.CA()
    context, trust = ssl_context(authority, []), ssl.create_default_context()
    authority.configure_trust(trust)
    used: asyncio.Future[socket.socket] = asyncio.get_running_loop().create_future()

    async def use(address: tuple[str, int]) -> None:
        async with dialled("app.test", 443, tls=trust, connect_to=address) as (_, writer):
            used.set_result(writer.get_extra_info("socket"))

    def shake_hands() -> ssl.SSLSocket:
        return context.wrap_socket(listener.accept()[0], server_side=True)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        using = asyncio.create_task(use(listener.getsockname()))
        with await asyncio.to_thread(shake_hands):
            connection = await used
            using.cancel()
            await asyncio.wait([using])
            await asyncio.sleep(0)

            assert connection.fileno() == -1


def ssl_context(authority: trustme.CA, supported: list[str]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("app.test").configure_cert(context)
    if supported:
        context.set_alpn_protocols(supported)
    return context


async def test_dropped_connection_is_gone_for_its_peer_without_a_goodbye() -> None:
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())

    async with talking_to(serve) as connection:
        connection.drop()

    assert heard == [b""]
