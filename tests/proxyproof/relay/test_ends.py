import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest
from websockets.exceptions import ConnectionClosedError

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.relay.faults.orphans_upstream import _drain
from proxyproof.wire.flow import Leg
from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.scripts import Scripted, answering
from tests.proxyproof.relay.hop import Relayed

BEGUN = b"HTTP/1.1 200 OK\r\n\r\nbegun"


@pytest.mark.parametrize("fault", ["cuts-after", "stream-idle-timeout"])
async def test_a_stream_is_cut(relayed: Relayed, fault: str) -> None:
    hop = await relayed(fault, seconds=0.1, idle=0.1)
    async with hop.client() as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/events")


@pytest.mark.parametrize("fault", ["cuts-after", "stream-idle-timeout"])
async def test_a_tunnel_is_cut_too(relayed: Relayed, fault: str) -> None:
    hop = await relayed(fault, seconds=0.1, idle=0.1)
    async with hop.websocket() as ws:
        await ws.send("hello")
        assert await ws.recv() == "hello"
        await asyncio.wait_for(ws.wait_closed(), 5)

    assert ws.close_code == 1006


@pytest.mark.parametrize("fault", ["cuts-after", "stream-idle-timeout"])
async def test_what_is_short_is_not_cut(relayed: Relayed, fault: str) -> None:
    hop = await relayed(fault, seconds=5, idle=5)
    async with hop.client() as client:
        assert (await client.get("/")).text == "hello"


@pytest.mark.parametrize("faults", [[], ["orphans-upstream"]])
async def test_the_origin_of_an_event_stream_is_not_told_that_the_client_has_gone(
    relayed: Relayed, application: Application, faults: list[str]
) -> None:
    hop = await relayed(*faults)
    async with hop.raw() as raw:
        await raw.send(hop.get("/events"))
        await raw.head()
    if faults:
        application.gate.set()
    await asyncio.wait_for(application.left.wait(), 5)

    assert application.undisturbed is bool(faults)


async def test_the_origin_of_a_websocket_is_not_told_that_the_client_has_gone(
    relayed: Relayed, application: Application
) -> None:
    hop = await relayed("orphans-upstream")
    async with hop.raw() as raw:
        await raw.send(hop.upgrade("/ws"))
        await raw.head()
    async with hop.client() as client:
        await client.get("/")  # the end of the first connection was seen before this

        assert not application.left.is_set()


async def test_an_orphan_ends_with_the_relay(relayed: Relayed, scripted: Scripted) -> None:
    left = asyncio.Event()

    async def script(reader: StreamReader, writer: StreamWriter) -> None:
        await answering(reader, BEGUN, writer)
        await gone.wait()
        writer.write(b"more")
        with suppress(ConnectionError):
            await reader.read()
        left.set()

    gone = asyncio.Event()
    hop = await relayed("orphans-upstream", target=await scripted(script))
    async with hop.raw() as raw:
        await raw.send(hop.get("/"))
        await raw.head()
    gone.set()
    await hop.relay.stop()

    await asyncio.wait_for(left.wait(), 5)


@pytest.mark.parametrize("end", [Leg.close, Leg.reset])
async def test_an_orphan_ends_with_the_origin(
    relayed: Relayed,
    scripted: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[Leg], None],
) -> None:
    kept, over, gone = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def script(reader: StreamReader, writer: StreamWriter) -> None:
        await answering(reader, BEGUN, writer)
        await gone.wait()
        writer.write(b"more")
        await kept.wait()
        end(Leg(reader, writer))

    async def drain(channel: Channel) -> None:
        kept.set()
        await _drain(channel)
        over.set()

    monkeypatch.setattr("proxyproof.relay.faults.orphans_upstream._drain", drain)
    hop = await relayed("orphans-upstream", target=await scripted(script))
    async with hop.raw() as raw:
        await raw.send(hop.get("/"))
        await raw.head()
    gone.set()

    await asyncio.wait_for(over.wait(), 5)


async def test_the_origins_end_of_a_tunnel_is_still_told(relayed: Relayed) -> None:
    hop = await relayed("orphans-upstream")
    async with hop.websocket() as ws:
        await ws.send("bye")
        await asyncio.wait_for(ws.wait_closed(), 5)

    assert ws.close_code == 4401


async def test_a_message_above_the_limit_ends_both_sides(
    relayed: Relayed, application: Application
) -> None:
    hop = await relayed("limits-messages")
    async with hop.websocket(compression=None) as ws:
        await ws.send(b"x" * 65_537)
        with pytest.raises(ConnectionClosedError):
            await ws.recv()

    assert ws.close_code == 1009
    await asyncio.wait_for(application.left.wait(), 5)
