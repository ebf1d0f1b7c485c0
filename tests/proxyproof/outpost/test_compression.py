import zlib

import pytest

from proxyproof.outpost.compression import GZIP
from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import Deploy
from tests.proxyproof.outpost.scripts import Scripted, saying

QUIRK = {"compresses": True}


@pytest.mark.parametrize("value", [False, True])
async def test_compresses(deploy: Deploy, application: Application, value: bool) -> None:
    # contract 4.1: the whole listener sat behind a gzip/deflate compress handler
    outpost = await deploy(quirks={"compresses": value})
    async with outpost.client(outpost.user()) as client:
        answer = await client.get("/large", headers={"Accept-Encoding": "gzip;q=0.8, br"})

    assert answer.headers.get("content-encoding") == ("gzip" if value else None)
    assert answer.content == b"x" * 10_000
    assert bool(application.last.values("accept-encoding")) is not value


async def test_a_compressed_event_comes_while_the_stream_is_open(
    deploy: Deploy, application: Application
) -> None:
    # contract 4.1: flush after every write
    outpost = await deploy(quirks=QUIRK)
    codec = zlib.decompressobj(wbits=GZIP)
    async with (
        outpost.client(outpost.user()) as client,
        client.stream("GET", "/events", headers={"Accept-Encoding": "gzip"}) as stream,
    ):
        parts = stream.aiter_raw()
        first = codec.decompress(await anext(parts))
        application.gate.set()
        rest = b"".join([codec.decompress(part) async for part in parts])

    assert (first, rest) == (b"data: first\n\n", b"data: second\n\n")
    assert codec.eof


@pytest.mark.parametrize("encoding", ["identity", "br"])
async def test_a_client_that_does_not_accept_gzip_gets_none(deploy: Deploy, encoding: str) -> None:
    outpost = await deploy(quirks=QUIRK)
    async with outpost.client(outpost.user()) as client:
        answer = await client.get("/large", headers={"Accept-Encoding": encoding})

    assert "content-encoding" not in answer.headers
    assert answer.headers["content-length"] == "10000"


async def test_what_is_encoded_already_is_left_as_it_is(deploy: Deploy, scripted: Scripted) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\nxx"
    outpost = await deploy(internal_host=await scripted(saying(head)), quirks=QUIRK)
    async with (
        outpost.client(outpost.user()) as client,
        client.stream("GET", "/", headers={"Accept-Encoding": "gzip, br"}) as stream,
    ):
        raw = b"".join([part async for part in stream.aiter_raw()])

    assert (stream.headers["content-encoding"], raw) == ("br", b"xx")


async def test_a_tunnel_is_not_compressed(deploy: Deploy) -> None:
    outpost = await deploy(quirks=QUIRK)
    async with outpost.websocket("/ws", outpost.user()) as ws, outpost.raw() as raw:
        await ws.send("news")
        assert await ws.recv() == "news"
        await raw.send(outpost.upgrade("/ws", outpost.user(), "Accept-Encoding: gzip"))

        assert "Content-Encoding" not in await raw.head()
