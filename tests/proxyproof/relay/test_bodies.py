import asyncio

import httpx
import pytest

from tests.proxyproof.outpost.scripts import Scripted, saying
from tests.proxyproof.relay.hop import Relayed

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


async def test_a_body_is_cut_as_well(relayed: Relayed) -> None:
    hop = await relayed("truncates-4k")
    async with hop.client() as client:
        with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):
            await client.get("/large")


async def test_content_is_transformed(relayed: Relayed, scripted: Scripted) -> None:
    page = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<p>\r\n</body>"

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(page)
        await writer.drain()

    hop = await relayed("transforms-content", target=await scripted(script))
    async with hop.client() as client:
        answer = await client.get("/")

    assert answer.text == "<p>\n<script>/* seen */</script></body>"


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
