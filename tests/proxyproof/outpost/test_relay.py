import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.conftest import Script
from tests.proxyproof.outpost.deployment import Deploy, Deployed, Raw

Scripted = Callable[[Script], Awaitable[str]]
SWITCH = b"HTTP/1.1 101 Changing\r\nupgrade: websocket\r\nCONNECTION: upgrade\r\nX-Extra: kept\r\n"


async def answering(
    reader: asyncio.StreamReader, answer: bytes, writer: asyncio.StreamWriter
) -> bytes:
    """Read a request head and send an answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    writer.write(answer)
    await writer.drain()
    return head


def saying(answer: bytes) -> Script:
    """Return a script that answers one request and waits for the end."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(reader, answer, writer)
        await reader.read()

    return script


async def opened(outpost: Deployed, raw: Raw, target: str = "/ws", *fields: str) -> str:
    """Send an opening handshake and return the head that answers."""
    await raw.send(outpost.upgrade(target, outpost.user(), *fields))
    return await raw.head()


async def test_the_head_of_a_stream_comes_before_its_first_event(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy()
    async with (
        outpost.client(outpost.user()) as client,
        client.stream("GET", "/events?silent") as stream,
    ):
        assert stream.headers["content-type"] == "text/event-stream"
        application.gate.set()
        assert await anext(stream.aiter_raw()) == b"data: second\n\n"


async def test_an_event_is_passed_on_while_the_stream_is_open(
    deploy: Deploy, application: Application
) -> None:
    # contract 4.2: streamed, no buffering layer
    outpost = await deploy()
    async with (
        outpost.client(outpost.user()) as client,
        client.stream("GET", "/events") as stream,
    ):
        parts = stream.aiter_raw()
        first = await anext(parts)
        application.gate.set()

        assert (first, await anext(parts)) == (b"data: first\n\n", b"data: second\n\n")


async def test_the_target_arrives_byte_for_byte(deploy: Deploy, application: Application) -> None:
    target = "/x//y/%2e%2e/z%2Fw?a=1;b=2&c=%2F%20+%C3%A9"
    outpost = await deploy()
    async with outpost.raw() as raw:
        await raw.send(outpost.get(target, f"Cookie: {outpost.user()}"))
        await raw.head()

    assert application.last.target == target


async def test_set_cookie_fields_stay_apart(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.client(outpost.user()) as client:
        answer = await client.get("/")

    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


async def test_request_bodies_are_passed_on(deploy: Deploy, application: Application) -> None:
    outpost = await deploy()
    async with outpost.client(outpost.user()) as client:
        sized = await client.post("/", content=b"x" * 300_000)
        chunked = await client.post("/", content=_parts())

    assert (len(sized.content), chunked.content) == (300_000, b"abc")
    assert application.last.values("transfer-encoding") == ["chunked"]


async def _parts() -> AsyncIterator[bytes]:
    yield b"a"
    yield b"bc"


async def test_connections_to_the_upstream_are_kept(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.client(outpost.user()) as client:
        await client.get("/")
        (kept,) = outpost.relay.pipeline.address.idle
        await client.get("/")

    assert outpost.relay.pipeline.address.idle == [kept]


async def test_a_kept_connection_that_the_upstream_closed_is_replaced(
    deploy: Deploy, scripted: Scripted
) -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(reader, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", writer)
        await reader.read(1)  # close on the next request, as a server does whose timer has run out

    outpost = await deploy(internal_host=await scripted(once))
    async with outpost.client(outpost.user()) as client:
        answers = [await client.get("/") for _ in range(3)]

    assert [answer.text for answer in answers] == ["ok", "ok", "ok"]


async def test_a_request_with_a_body_is_not_repeated(deploy: Deploy, scripted: Scripted) -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(reader, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", writer)
        await reader.read(1)

    outpost = await deploy(internal_host=await scripted(once))
    async with outpost.client(outpost.user()) as client:
        await client.get("/")
        answer = await client.post("/", content=b"order")

    assert answer.status_code == 502


async def test_a_kept_connection_that_has_ended_is_not_used(
    deploy: Deploy, scripted: Scripted
) -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(reader, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", writer)

    outpost = await deploy(internal_host=await scripted(once))
    async with outpost.client(outpost.user()) as client:
        await client.get("/")
        for channel in outpost.relay.pipeline.address.idle:
            assert await channel.read() == b""  # its end has been seen
        answer = await client.post("/")

    assert answer.text == "ok"


async def test_a_stream_that_breaks_after_an_event_gives_the_event_first(
    deploy: Deploy, scripted: Scripted
) -> None:
    event = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nevent\r\nnonsense\r\n"
    outpost = await deploy(internal_host=await scripted(saying(event)))
    async with (
        outpost.client(outpost.user()) as client,
        client.stream("GET", "/") as stream,
    ):
        parts = stream.aiter_raw()
        assert await anext(parts) == b"event"
        with pytest.raises(httpx.RemoteProtocolError):
            await anext(parts)


async def test_an_old_client_is_not_given_informational_responses(
    deploy: Deploy, scripted: Scripted
) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
    outpost = await deploy(internal_host=await scripted(saying(hints)))
    async with outpost.raw() as raw:
        await raw.send(outpost.get("/", f"Cookie: {outpost.user()}", version="1.0"))

        assert (await raw.head()).startswith("HTTP/1.1 204 ")


async def test_an_upstream_that_is_down_is_a_bad_gateway(deploy: Deploy) -> None:
    # contract 4.1: 502 HTML page
    outpost = await deploy(internal_host="http://127.0.0.1:1")
    async with outpost.client(outpost.user()) as client:
        answer = await client.get("/")

    assert answer.status_code == 502
    assert "Failed to connect to backend." in answer.text
    assert answer.headers["x-powered-by"] == "authentik"


@pytest.mark.parametrize("answer", [b"", b"what?\r\n\r\n"], ids=["nothing", "no-http"])
async def test_an_upstream_that_does_not_answer_is_a_bad_gateway(
    deploy: Deploy, scripted: Scripted, answer: bytes
) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(reader, answer, writer)

    outpost = await deploy(internal_host=await scripted(script))
    async with outpost.client(outpost.user()) as client:
        assert (await client.get("/")).status_code == 502


async def test_a_head_that_does_not_come_is_a_timeout(deploy: Deploy, scripted: Scripted) -> None:
    # contract 4.2: 408
    url = await scripted(saying(b""))
    outpost = await deploy(internal_host=url, quirks={"head_timeout_seconds": 0.05})
    async with outpost.client(outpost.user()) as client:
        assert (await client.get("/")).status_code == 408


async def test_a_write_deadline_cuts_a_stream_that_flows(deploy: Deploy) -> None:
    # contract 4.1: absolute, from the end of the request head
    outpost = await deploy(quirks={"write_deadline_seconds": 0.1})
    async with (
        outpost.client(outpost.user()) as client,
        client.stream("GET", "/events") as stream,
    ):
        with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
            await stream.aread()


async def test_a_write_deadline_does_not_touch_a_tunnel(
    deploy: Deploy, application: Application
) -> None:
    # contract 4.1: hijacked connections have their deadlines cleared
    outpost = await deploy(quirks={"write_deadline_seconds": 0.05})
    cookie = outpost.user()
    async with outpost.websocket(cookie=cookie) as ws, outpost.client(cookie) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/events")  # has been cut, so the time of the tunnel is over too
        await ws.send("alive")

        assert await ws.recv() == "alive"


async def test_an_abort_of_the_upstream_can_be_told_from_an_end(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.client(outpost.user()) as client:
        with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
            await client.get("/abort")


async def test_go_swallows_an_abort(deploy: Deploy) -> None:
    # contract 4.1: the client sees a clean end of stream
    outpost = await deploy(profile="go-2025.12")
    async with outpost.client(outpost.user()) as client:
        assert (await client.get("/abort")).text == "begun"


async def test_go_cannot_swallow_an_abort_of_a_sized_body(
    deploy: Deploy, scripted: Scripted
) -> None:
    # contract 4.1: with Content-Length the connection is closed short
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(reader, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbegun", writer)

    outpost = await deploy(profile="go-2025.12", internal_host=await scripted(script))
    async with outpost.client(outpost.user()) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/")


async def test_an_old_client_is_told_of_an_abort_by_a_reset(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.raw() as raw:
        await raw.send(outpost.get("/abort", f"Cookie: {outpost.user()}", version="1.0"))
        with pytest.raises(ConnectionResetError):
            await raw.rest()


async def test_an_old_client_gets_a_body_that_ends_with_the_connection(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.raw() as raw:
        await raw.send(outpost.get("/", f"Cookie: {outpost.user()}", version="1.0"))

        assert (await raw.rest()).endswith(b"\r\n\r\nhello")


async def test_informational_responses_are_passed_on(deploy: Deploy, scripted: Scripted) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    url = await scripted(saying(hints + b"HTTP/1.1 204 No Content\r\n\r\n"))
    outpost = await deploy(internal_host=url)
    async with outpost.raw() as raw:
        await raw.send(outpost.get("/", f"Cookie: {outpost.user()}"))

        assert await raw.head() == "HTTP/1.1 103 Early Hints\r\nLink: </x>"
        assert (await raw.head()).startswith("HTTP/1.1 204 ")


async def test_when_the_client_leaves_the_upstream_is_left(
    deploy: Deploy, application: Application
) -> None:
    # contract 4.1: client disconnect cancels the upstream request
    outpost = await deploy()
    async with (
        outpost.client(outpost.user()) as client,
        client.stream("GET", "/events") as stream,
    ):
        await anext(stream.aiter_raw())

    await asyncio.wait_for(application.left.wait(), 5)


async def test_when_the_client_leaves_before_the_head_the_upstream_is_left(
    deploy: Deploy, scripted: Scripted
) -> None:
    asked, left = asyncio.Event(), asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        await reader.read()
        left.set()

    outpost = await deploy(internal_host=await scripted(script))
    async with outpost.raw() as raw:
        await raw.send(outpost.get("/", f"Cookie: {outpost.user()}"))
        await asyncio.wait_for(asked.wait(), 5)
    await asyncio.wait_for(left.wait(), 5)

    assert "GET / gone" in outpost.log.getvalue()


async def test_the_101_of_the_origin_is_passed_on_as_it_is(
    deploy: Deploy, scripted: Scripted
) -> None:
    # contract 4.2: subprotocols, extensions and everything else pass untouched
    outpost = await deploy(internal_host=await scripted(saying(SWITCH + b"\r\nfirst bytes")))
    async with outpost.raw() as raw:
        head = await opened(outpost, raw)

        assert head.split("\r\n") == [
            "HTTP/1.1 101 Changing",
            "upgrade: websocket",
            "CONNECTION: Upgrade",
            "X-Extra: kept",
            "X-Powered-By: authentik",
        ]
        assert await raw.take(11) == b"first bytes"


async def test_bytes_that_the_client_sent_early_are_not_lost(
    deploy: Deploy, scripted: Scripted
) -> None:
    early = asyncio.Queue[bytes]()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(reader, SWITCH + b"\r\n", writer)
        await early.put(await reader.read(5))

    outpost = await deploy(internal_host=await scripted(script))
    async with outpost.raw() as raw:
        await raw.send(outpost.upgrade("/ws", outpost.user()) + "early")

        assert await asyncio.wait_for(early.get(), 5) == b"early"


async def test_no_101_precedes_that_of_the_origin(deploy: Deploy, scripted: Scripted) -> None:
    asked, decide = asyncio.Event(), asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        await decide.wait()
        writer.write(b"HTTP/1.1 403 No\r\nContent-Length: 3\r\n\r\nno!")

    outpost = await deploy(internal_host=await scripted(script))
    async with outpost.raw() as raw:
        answer = asyncio.create_task(opened(outpost, raw))
        await asyncio.wait_for(asked.wait(), 5)
        assert not answer.done()
        decide.set()

        assert (await answer).startswith("HTTP/1.1 403 No\r\n")
        assert await raw.take(3) == b"no!"


async def test_a_refused_upgrade_leaves_an_ordinary_connection(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy()
    async with outpost.raw() as raw:
        refused = await opened(outpost, raw, "/refuse/403")
        await raw.take(len("no stream here"))
        await raw.send(outpost.get("/second"))
        second = await raw.head()

    assert refused.startswith("HTTP/1.1 403 ")
    assert second.startswith("HTTP/1.1 302 ")
    assert [seen.target for seen in application.heads] == ["/refuse/403"]


async def test_an_upgrade_to_something_else_is_a_bad_gateway(
    deploy: Deploy, scripted: Scripted
) -> None:
    # contract 4.2
    other = SWITCH.replace(b"websocket", b"h2c")
    outpost = await deploy(internal_host=await scripted(saying(other + b"\r\n")))
    async with outpost.raw() as raw:
        assert (await opened(outpost, raw)).startswith("HTTP/1.1 502 ")


async def test_the_spelling_of_the_protocol_does_not_matter(
    deploy: Deploy, scripted: Scripted
) -> None:
    # contract 4.2: #26281, which this outpost does not repeat
    other = SWITCH.replace(b"websocket", b"WebSocket")
    outpost = await deploy(internal_host=await scripted(saying(other + b"\r\n")))
    async with outpost.raw() as raw:
        assert (await opened(outpost, raw)).startswith("HTTP/1.1 101 ")


async def test_close_code_subprotocol_and_messages_cross_the_tunnel(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.websocket(
        cookie=outpost.user(), subprotocols=["other", "news"], max_size=None
    ) as ws:
        await ws.send(b"x" * 1_000_000)
        large = await ws.recv()
        await ws.send("bye")
        await ws.wait_closed()

    assert ws.subprotocol == "news"
    assert large == b"x" * 1_000_000
    assert (ws.close_code, ws.close_reason) == (4401, "session ended")


@pytest.mark.parametrize("half_close", [True, False])
async def test_the_end_of_one_direction_leaves_the_other(
    deploy: Deploy, scripted: Scripted, half_close: bool
) -> None:
    # contract 4.2: copying continues until both directions end
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(reader, SWITCH + b"\r\n", writer)
        sent = await reader.read()
        if not writer.transport.is_closing():
            writer.write(b"after " + sent)

    outpost = await deploy(internal_host=await scripted(script), quirks={"half_close": half_close})
    async with outpost.raw() as raw:
        await opened(outpost, raw)
        await raw.send("the end")
        raw.writer.write_eof()

        assert await raw.rest() == (b"after the end" if half_close else b"")


async def test_a_tunnel_that_breaks_on_one_side_ends_on_the_other(
    deploy: Deploy, scripted: Scripted
) -> None:
    # contract 4.2: no close frame is made up
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(reader, SWITCH + b"\r\n", writer)
        await reader.readexactly(5)
        linger = struct.pack("ii", 1, 0)
        connection: socket.socket = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

    outpost = await deploy(internal_host=await scripted(script))
    async with outpost.raw() as raw:
        await opened(outpost, raw)
        await raw.send("break")

        assert await raw.rest() == b""
