"""Event streams, and what clients post beside them: RFC 9111 section 5.2.2.6, WHATWG HTML 9.2."""

from fixtures.body import beginning, in_pieces, take, write_in_turn
from fixtures.client import Client
from fixtures.origin import OriginActor
from fixtures.posting import post_texts
from suites.expect import expect_same_bytes, expect_same_content
from suites.fidelity.payloads import TEXTS, event_stream
from suites.requirement import (
    ORIGIN,
    PROXY,
    must,
    over_both_transports,
    over_both_versions,
    practice,
)

MEBIBYTE = event_stream(2**20)
GREETING = 'data: {"text":"ü 世 🌍"}\n\n'.encode()


@must(
    "RFC 9111", "5.2.2.6", watches=PROXY, kills=("transforms-content",), field=("CAC-03", "SSE-08")
)
@over_both_versions
async def test_event_stream_bytes_are_untouched(client: Client, origin: OriginActor) -> None:
    """The proxy leaves every byte of a stream that says `no-transform` as it is."""
    async with beginning(client, origin, *in_pieces(MEBIBYTE, 16_000)) as stream:
        body = await take(stream, len(MEBIBYTE))

    expect_same_bytes(body, MEBIBYTE)


@practice(
    "a chunk ends where a buffer was full, in the middle of a character if need be",
    watches=PROXY,
    kills=("decodes-per-chunk",),
    field=("SSE-07",),
)
async def test_characters_survive_being_cut(client: Client, origin: OriginActor) -> None:
    """Characters that leave the origin in pieces arrive as they were, wherever they were cut."""
    async with beginning(client, origin, GREETING[:1]) as stream:
        first = await take(stream, 1)
        bytewise = first + await write_in_turn(origin, stream, in_pieces(GREETING[1:], 1))
        by_twos = await write_in_turn(origin, stream, in_pieces(GREETING[1:], 2))

    expect_same_bytes(bytewise + by_twos, GREETING + GREETING[1:])


@practice(
    "a tool's output holds colours, bells and other people's alphabets",
    watches=(PROXY, ORIGIN),
    kills=("cleans-text", "transforms-content"),
    field=("FRM-05", "CAC-03"),
)
@over_both_transports
async def test_every_character_of_an_event_arrives(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """Events whose text others take for line ends, fields or markup arrive as they were."""
    loop = await origin.loop()
    async with client.stream(transport, loop=loop) as stream:
        await origin.opened()
        published = await origin.publish_texts(loop, TEXTS)
        received = await stream.events_until(str(published[-1].id))

    expect_same_content(received, published)


@practice(
    "beside an event stream a client speaks by POST, and nobody tells it what arrived",
    watches=(PROXY, ORIGIN),
    kills=("truncates-4k", "cleans-text", "transforms-content"),
    field=("FRM-01", "CAC-03"),
)
async def test_what_is_posted_is_what_is_told(client: Client, origin: OriginActor) -> None:
    """What one client posts, large or strange, is what everybody reads on the event stream."""
    loop, texts = await origin.loop(), [*TEXTS, "x" * 200_000]
    async with client.stream("sse", loop=loop) as stream:
        await origin.opened()
        statuses = await post_texts(client, f"/api/loops/{loop}/message", texts)
        received = await stream.events(len(texts))

    assert set(statuses) == {200}
    assert [event.data["text"] for event in received] == texts
