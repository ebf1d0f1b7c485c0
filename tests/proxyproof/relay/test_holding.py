import asyncio
import zlib

import httpx
import pytest

from proxyproof.outpost.compression import GZIP
from proxyproof.relay.faults import coalesces_1s
from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.scripts import Scripted, saying
from tests.proxyproof.relay.hop import Relayed

WHOLE = b"data: first\n\ndata: second\n\n"
HELD = ["buffers-all", "buffers-4k", "holds-headers", "coalesces-1s", "cached-stream"]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coalesces_1s, "INTERVAL", 0.05)


@pytest.mark.parametrize("fault", HELD)
async def test_what_is_held_arrives_whole_in_the_end(
    relayed: Relayed, application: Application, fault: str
) -> None:
    hop = await relayed(fault)
    application.gate.set()
    async with hop.client() as client:
        events, large = await client.get("/events"), await client.get("/large")

    assert (events.content, len(large.content)) == (WHOLE, 10_000)


@pytest.mark.parametrize(
    ("fault", "method"),
    [
        ("buffers-all", "GET"),
        ("buffers-4k", "GET"),
        ("coalesces-1s", "GET"),
        ("streams-get-only", "POST"),
    ],
)
async def test_an_event_is_held_until_the_end(
    relayed: Relayed,
    application: Application,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    method: str,
) -> None:
    monkeypatch.setattr(coalesces_1s, "INTERVAL", 3600)
    hop = await relayed(fault)
    async with (
        hop.client() as client,
        hop.client() as other,
        client.stream(method, "/events") as stream,
    ):
        first = asyncio.ensure_future(anext(stream.aiter_raw()))
        await asyncio.wait_for(application.wrote.wait(), 5)
        await other.get("/later")  # what was written before this has had its time
        assert not first.done()
        application.gate.set()

        assert await first == WHOLE


async def test_an_abort_is_still_told_by_a_hop_with_a_timer(relayed: Relayed) -> None:
    hop = await relayed("coalesces-1s")
    async with hop.client() as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/abort")


async def test_the_head_waits_for_the_first_byte(
    relayed: Relayed, application: Application
) -> None:
    hop = await relayed("holds-headers")
    async with hop.raw() as raw, hop.client() as other:
        await raw.send(hop.get("/events?silent"))
        answer = asyncio.create_task(raw.head())
        await asyncio.wait_for(application.wrote.wait(), 5)
        await other.get("/later")  # the head was sent before this
        assert not answer.done()
        application.gate.set()

        assert (await answer).startswith("HTTP/1.1 200 ")


@pytest.mark.parametrize("fault", ["streams-get-only", "coalesces-1s"])
async def test_an_event_is_not_held_for_ever(
    relayed: Relayed, application: Application, fault: str
) -> None:
    hop = await relayed(fault)
    async with hop.client() as client, client.stream("GET", "/events") as stream:
        parts = stream.aiter_raw()
        first = await anext(parts)
        application.gate.set()

        assert first + b"".join([part async for part in parts]) == WHOLE


async def test_a_full_buffer_leaves(relayed: Relayed, scripted: Scripted) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    over = head + b"1001\r\n" + b"x" * 4097 + b"\r\n"  # and more to come
    hop = await relayed("buffers-4k", target=await scripted(saying(over)))
    async with hop.client() as client, client.stream("GET", "/") as stream:
        assert await anext(stream.aiter_raw()) == b"x" * 4096


async def test_a_compressor_keeps_what_is_little(
    relayed: Relayed, application: Application
) -> None:
    hop = await relayed("compress-stream")
    async with (
        hop.client() as client,
        hop.client() as other,
        client.stream("GET", "/events", headers={"Accept-Encoding": "gzip"}) as stream,
    ):
        parts, text = stream.aiter_raw(), zlib.decompressobj(GZIP)
        assert text.decompress(await anext(parts)) == b""  # its own head alone
        rest = asyncio.ensure_future(anext(parts))
        await other.get("/later")  # what was written before this has had its time
        assert not rest.done()
        application.gate.set()

        assert text.decompress(await rest) == WHOLE
