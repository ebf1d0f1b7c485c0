import asyncio

import httpx
import pytest

from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import Deploy
from tests.proxyproof.outpost.scripts import Scripted

WHOLE = b"data: first\n\ndata: second\n\n"


@pytest.mark.parametrize("fault", ["buffers-all", "buffers-4k", "holds-headers"])
async def test_what_is_held_arrives_whole_in_the_end(
    deploy: Deploy, application: Application, fault: str
) -> None:
    outpost = await deploy(faults=[fault])
    application.gate.set()
    async with outpost.client(outpost.user()) as client:
        events, large = await client.get("/events"), await client.get("/large")

    assert (events.content, len(large.content)) == (WHOLE, 10_000)


@pytest.mark.parametrize("fault", ["buffers-all", "buffers-4k"])
async def test_an_event_is_held_until_the_end(
    deploy: Deploy, application: Application, fault: str
) -> None:
    outpost = await deploy(faults=[fault])
    cookie = outpost.user()
    async with (
        outpost.client(cookie) as client,
        outpost.client(cookie) as other,
        client.stream("GET", "/events") as stream,
    ):
        first = asyncio.ensure_future(anext(stream.aiter_raw()))
        await asyncio.wait_for(application.wrote.wait(), 5)
        await other.get("/later")  # what was written before this has had its time
        assert not first.done()
        application.gate.set()

        assert await first == WHOLE


async def test_the_head_waits_for_the_first_byte(deploy: Deploy, application: Application) -> None:
    outpost = await deploy(faults=["holds-headers"])
    cookie = outpost.user()
    async with outpost.raw() as raw, outpost.client(cookie) as other:
        await raw.send(outpost.get("/events?silent", f"Cookie: {cookie}"))
        answer = asyncio.create_task(raw.head())
        await asyncio.wait_for(application.wrote.wait(), 5)
        await other.get("/later")  # the head was sent before this
        assert not answer.done()
        application.gate.set()

        assert (await answer).startswith("HTTP/1.1 200 ")


async def test_an_abort_looks_like_an_end(deploy: Deploy) -> None:
    outpost = await deploy(faults=["swallows-abort"])
    async with outpost.client(outpost.user()) as client:
        assert (await client.get("/abort")).text == "begun"


@pytest.mark.parametrize("fault", ["write-deadline", "cuts-after"])
async def test_an_open_stream_is_cut(deploy: Deploy, fault: str) -> None:
    outpost = await deploy(faults=[fault], fault_seconds=0.1)
    async with outpost.client(outpost.user()) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/events")


async def test_a_tunnel_is_cut_too(deploy: Deploy) -> None:
    outpost = await deploy(faults=["cuts-after"], fault_seconds=0.1)
    async with outpost.websocket(cookie=outpost.user()) as ws:
        await asyncio.wait_for(ws.wait_closed(), 5)

    assert ws.close_code == 1006


async def test_what_is_short_is_not_cut(deploy: Deploy) -> None:
    outpost = await deploy(faults=["cuts-after"], fault_seconds=5)
    async with outpost.client(outpost.user()) as client:
        assert (await client.get("/")).text == "hello"


@pytest.mark.parametrize("faults", [[], ["orphans-upstream"]])
async def test_the_origin_of_an_event_stream_is_not_told_that_the_client_has_gone(
    deploy: Deploy, application: Application, faults: list[str]
) -> None:
    outpost = await deploy(faults=faults)
    async with outpost.raw() as raw:
        await raw.send(outpost.get("/events", f"Cookie: {outpost.user()}"))
        await raw.head()
    if faults:
        application.gate.set()
    await asyncio.wait_for(application.left.wait(), 5)

    assert application.undisturbed is bool(faults)


async def test_the_origin_of_a_websocket_is_not_told_that_the_client_has_gone(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy(faults=["orphans-upstream"])
    cookie = outpost.user()
    async with outpost.raw() as raw:
        await raw.send(outpost.upgrade("/ws", cookie))
        await raw.head()
    async with outpost.client(cookie) as client:
        await client.get("/")  # the end of the first connection was seen before this

        assert not application.left.is_set()


@pytest.mark.parametrize("stop", [True, False])
async def test_an_orphan_ends_with_the_outpost_or_the_origin(
    deploy: Deploy, scripted: Scripted, stop: bool
) -> None:
    left = asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nbegun")
        await writer.drain()
        await break_off.wait()
        if stop:
            await reader.read()
        writer.write(b"more")
        writer.transport.abort()
        left.set()

    break_off = asyncio.Event()
    outpost = await deploy(faults=["orphans-upstream"], internal_host=await scripted(script))
    async with outpost.raw() as raw:
        await raw.send(outpost.get("/", f"Cookie: {outpost.user()}"))
        await raw.head()
    break_off.set()
    if stop:
        await outpost.outpost.stop()

    await asyncio.wait_for(left.wait(), 5)


async def test_the_origins_end_of_a_tunnel_is_still_told(deploy: Deploy) -> None:
    outpost = await deploy(faults=["orphans-upstream"])
    async with outpost.websocket(cookie=outpost.user()) as ws:
        await ws.send("bye")
        await asyncio.wait_for(ws.wait_closed(), 5)

    assert ws.close_code == 4401
