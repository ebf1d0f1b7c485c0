import asyncio
import socket
import struct

import pytest

from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import Deploy, Deployed, Raw
from tests.proxyproof.outpost.scripts import SWITCH, Scripted, answering, saying


async def opened(outpost: Deployed, raw: Raw, target: str = "/ws", *fields: str) -> str:
    """Send an opening handshake and return the head that answers."""
    await raw.send(outpost.upgrade(target, outpost.user(), *fields))
    return await raw.head()


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
