"""What holds events back: buffers, compressors, a head that waits for its body, some methods.

Nobody measures a time here: the next event does not exist before this one has arrived.
"""

import pytest

from fixtures.body import take, write_pieces
from fixtures.client import Client
from fixtures.held import publish_sizes
from fixtures.origin import OriginActor
from suites.expect import expect_same_content, expect_same_events
from suites.requirement import (
    ORIGIN,
    PROXY,
    must,
    over_both_transports,
    over_both_versions,
    practice,
)

SIZES = (100, 1024, 4095, 4096, 4097, 8192, 16_384, 32_768, 65_536, 100)
CODINGS = ("identity", "gzip", "br", "zstd")
COMPRESSORS = ("gzip-all", "compress-all", "deflate-stream")
FIRST = b'data: {"type":"told"}\n\n'
THREE = ["the first", "the second", "the third"]


@practice(
    "most events are a line of text: a buffer of a few kilobytes holds them for minutes",
    watches=(PROXY, ORIGIN),
    kills=("buffers-4k",),
    field=("BUF-01", "BUF-02"),
)
@over_both_transports
@over_both_versions
async def test_small_events_are_not_held(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """The client has each event before there is a next one, whatever its size."""
    origin.script.hint = False
    loop = await origin.loop()
    async with client.patient().stream(transport, loop=loop) as stream:
        await origin.opened()
        published = await publish_sizes(origin, stream, loop, SIZES)

    expect_same_content(stream.seen, published)


@practice(
    "browsers take every coding: what a compressor keeps for its window is late",
    watches=PROXY,
    kills=("compress-stream",),
    field=("BUF-04",),
)
@pytest.mark.parametrize("coding", CODINGS)
async def test_accept_encoding_holds_nothing_back(
    client: Client, origin: OriginActor, coding: str
) -> None:
    """The client has each event at once in whatever coding it takes, if any is allowed."""
    origin.script.hint = origin.script.no_transform = False
    loop = await origin.loop()
    async with client.events(client.path("sse", loop), ("Accept-Encoding", coding)) as stream:
        await origin.opened()
        published = await origin.publish_to(stream, THREE, loop)

    expect_same_events(stream.seen, published)


@must("RFC 9111", "5.2.2.6", watches=PROXY, kills=COMPRESSORS, field=("BUF-04", "CAC-03"))
@pytest.mark.parametrize("coding", CODINGS[1:])
async def test_no_transform_keeps_compressors_out(
    client: Client, origin: OriginActor, coding: str
) -> None:
    """The proxy does not encode an event stream that says `no-transform`."""
    async with client.events("/api/events", ("Accept-Encoding", coding)) as stream:
        await origin.opened()

    assert "no-transform" in stream.fields["cache-control"]
    assert "content-encoding" not in stream.fields


@practice(
    "a page shows `connecting` until the head is there, and on a quiet stream that is for ever",
    watches=(PROXY, ORIGIN),
    kills=("holds-headers", "compress-all", "compression-on-stream"),
    field=("BUF-05", "BUF-04"),
)
@over_both_versions
@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_response_head_arrives_before_the_first_event(
    client: Client, origin: OriginActor, coding: str
) -> None:
    """The client has the head of the response before the origin has written a byte of its body."""
    origin.script.silent, origin.script.no_transform = True, False
    async with client.events("/api/events", ("Accept-Encoding", coding)) as stream:
        status = stream.status
        await write_pieces(origin, FIRST)
        body = await take(stream, len(FIRST))

    assert (status, body) == (200, FIRST)


@practice(
    "pages that need a request body, or a field of their own, stream by fetch and POST",
    watches=(PROXY, ORIGIN),
    kills=("streams-get-only",),
    field=("BUF-09",),
)
@pytest.mark.parametrize("kind", ["text/event-stream", "text/event-stream; charset=utf-8"])
async def test_post_streams_like_get(client: Client, origin: OriginActor, kind: str) -> None:
    """The client has each event at once on a stream that it asked for by POST, with a body."""
    origin.script.content_type, origin.script.hint = kind, False
    loop = await origin.loop()
    path = client.path("sse", loop)
    async with client.events(path, method="POST", json={"since": None}) as stream:
        await origin.opened()
        published = await origin.publish_to(stream, THREE, loop)

    assert stream.fields["content-type"] == kind
    expect_same_events(stream.seen, published)
