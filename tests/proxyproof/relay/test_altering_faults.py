import asyncio
import gzip
import zlib

import pytest
from websockets.exceptions import ConnectionClosedError

from proxyproof.outpost.compression import GZIP
from proxyproof.outpost.transfer.frames import Frame
from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.scripts import Scripted, saying
from tests.proxyproof.relay.hop import Relayed

STRANGE = "a\x00b\x1b[c\u200b e\u0301 \t\n"
MASK = b"\0\0\0\1"
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("fault", "sent", "seen"),
    [
        ("cleans-text", STRANGE, "ab[c é \t\n"),
        ("cleans-text", b"\x00binary", b"\x00binary"),
        ("repairs-utf8", "valid: ü", "valid: ü"),
        ("repairs-utf8", b"\xff", b"\xff"),
        ("drops-empty-frames", "full", "full"),
        ("joins-messages", b"binary", b"binary"),
        ("limits-messages", b"x" * 65_536, b"x" * 65_536),
    ],
)
async def test_a_message_is_changed_or_is_not(
    relayed: Relayed, fault: str, sent: str | bytes, seen: str | bytes
) -> None:
    hop = await relayed(fault)
    async with hop.websocket(compression=None) as ws:
        await ws.send(sent)

        assert await ws.recv() == seen


async def test_compressed_text_is_not_cleaned(relayed: Relayed) -> None:
    hop = await relayed("cleans-text")
    async with hop.websocket() as ws:
        await ws.send(STRANGE)

        assert await ws.recv() == STRANGE


async def test_text_that_is_no_utf8_comes_back_as_some(relayed: Relayed) -> None:
    hop = await relayed("repairs-utf8")
    async with hop.raw() as raw:
        await raw.send(hop.upgrade("/ws"))
        await raw.head()
        await raw.send(Frame(0x81, b"a\xff", MASK).as_bytes().decode("latin-1"))
        repaired = Frame(0x81, "a\ufffd".encode()).as_bytes()

        assert await raw.take(len(repaired)) == repaired


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


async def test_an_empty_message_is_lost(relayed: Relayed) -> None:
    hop = await relayed("drops-empty-frames")
    async with hop.websocket(compression=None) as ws:
        await ws.send("")
        await ws.send("after")

        assert await ws.recv() == "after"


async def test_messages_of_one_write_become_one(relayed: Relayed) -> None:
    hop = await relayed("joins-messages")
    async with hop.raw() as raw:
        await raw.send(hop.upgrade("/ws"))
        await raw.head()
        parts = [Frame(0x81, b"one", MASK), Frame(0x81, b"two", MASK), Frame(0x82, b"3", MASK)]
        await raw.send(b"".join(part.as_bytes() for part in parts).decode("latin-1"))
        joined = Frame(0x81, b"onetwo").as_bytes() + Frame(0x82, b"3").as_bytes()

        assert await raw.take(len(joined)) == joined


@pytest.mark.parametrize(
    ("fault", "seen"), [("decodes-per-chunk", "\ufffd\ufffd"), ("cleans-text", "ü")]
)
async def test_a_character_that_was_cut(
    relayed: Relayed, scripted: Scripted, fault: str, seen: str
) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + b"1\r\n\xc3\r\n")
        await first.wait()
        writer.write(b"1\r\n\xbc\r\n0\r\n\r\n")

    first = asyncio.Event()
    hop = await relayed(fault, target=await scripted(script))
    async with hop.client() as client, client.stream("GET", "/") as answer:
        parts = answer.aiter_raw()
        body = await anext(parts)
        first.set()
        body += b"".join([part async for part in parts])

    assert body.decode() == seen


@pytest.mark.parametrize(
    ("accepted", "caching", "coding"),
    [
        ("gzip", "no-cache", "gzip"),
        ("identity", "no-cache", None),
        ("gzip", "no-cache, no-transform", None),
    ],
)
async def test_an_event_stream_is_compressed_where_that_is_allowed(
    relayed: Relayed, scripted: Scripted, accepted: str, caching: str, coding: str | None
) -> None:
    answer = f"HTTP/1.1 200 OK\r\nCache-Control: {caching}\r\nContent-Length: 4\r\n\r\ntext"
    hop = await relayed("compress-stream", target=await scripted(saying(answer.encode())))
    async with hop.client() as client:
        got = await client.get("/", headers={"Accept-Encoding": accepted})

    assert (got.headers.get("content-encoding"), got.content) == (coding, b"text")


async def test_a_compressor_keeps_what_is_little(
    relayed: Relayed, application: Application
) -> None:
    hop = await relayed("compress-stream")
    async with (
        hop.client() as client,
        hop.client() as other,
        client.stream("GET", "/events", headers={"Accept-Encoding": "gzip"}) as stream,
    ):
        parts = stream.aiter_raw()
        await asyncio.wait_for(application.wrote.wait(), 5)
        await other.get("/later")  # what was written before this has had its time
        application.gate.set()
        body = b"".join([part async for part in parts])

    assert zlib.decompress(body, GZIP) == gzip.decompress(body)
    assert b"data: second" in gzip.decompress(body)
