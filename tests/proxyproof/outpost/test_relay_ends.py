import asyncio

import httpx
import pytest

from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import Deploy
from tests.proxyproof.outpost.scripts import Scripted, answering, saying


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
