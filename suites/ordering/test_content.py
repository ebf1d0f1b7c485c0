"""The content of messages: whole, in order, and of the kind that was sent (RFC 6455 section 5)."""

import hashlib

from fixtures.client import Client
from fixtures.frames import raw_websocket, read_message, send_frames
from fixtures.origin import OriginActor
from fixtures.vocabulary import Frame, Opcode, fragmented, ping
from suites.expect import expect_same_content
from suites.requirement import (
    CLIENT,
    PROXY,
    must,
    over_both_transports,
    over_both_versions,
    practice,
)

SIZES = (2**20, 1, 4095, 65_536, 4096, 16_384, 4097, 2)  # a large one first: it may be overtaken
TEXTS = [hashlib.shake_128(b"%d" % size).hexdigest(size)[:size] for size in SIZES]


def around_a_ping(*parts: bytes) -> list[Frame]:
    """A text message in fragments, a ping after the first of them."""
    first, *others = fragmented(Opcode.TEXT, parts)
    return [first, ping(b"between"), *others]


TO_ORIGIN = around_a_ping(b"one ", b"two ", b"three")
TO_CLIENT = around_a_ping(b'{"type":"told","text":"one ', b"two ", b'three"}')

GREETING = "Grüße, 世界 🌍".encode()
SPLIT_IN_A_CHARACTER = fragmented(Opcode.TEXT, [GREETING[:3], GREETING[3:]])
ALL_BYTES = bytes(range(256))


@practice(
    "a tool's output may be a megabyte; half of it is no JSON",
    watches=PROXY,
    kills=("truncates-4k",),
    field=("FRM-01", "FRM-02"),
)
@over_both_transports
@over_both_versions
async def test_large_event_does_not_overtake_or_truncate(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """Events of one byte to one mebibyte arrive whole, and none overtakes another."""
    loop = await origin.loop()
    async with client.stream(transport, loop=loop) as stream:
        await origin.opened()
        published = await origin.publish_texts(loop, TEXTS)
        received = await stream.events_until(str(published[-1].id))

    expect_same_content(received, published)


@must("RFC 6455", "5.4", watches=(PROXY, CLIENT), kills=("reorders-fragments",), field=("FRM-03",))
async def test_fragments_arrive_in_order(client: Client, origin: OriginActor) -> None:
    """Fragments arrive in the order in which they were sent, both ways, around control frames."""
    async with raw_websocket(client, "/api/echo") as socket:
        await send_frames(socket, TO_ORIGIN)
        echoed = await read_message(socket)
    await origin.closed()
    async with client.follow("websocket") as follower:
        await origin.opened(2)
        await origin.send_frames(*TO_CLIENT)
        told = await follower.about("told")

    assert (echoed.data, [one.opcode for one in echoed.among]) == (b"one two three", [Opcode.PONG])
    assert told.data["text"] == "one two three"


@must("RFC 6455", "5.6", watches=PROXY, kills=("alters-opcode",), field=("FRM-05",))
async def test_text_and_binary_stay_what_they_are(client: Client) -> None:
    """Text comes back as text, though split within a character, and binary as binary."""
    async with raw_websocket(client, "/api/echo") as socket:
        await send_frames(socket, [*SPLIT_IN_A_CHARACTER, Frame(Opcode.BINARY, ALL_BYTES)])
        text = await read_message(socket)
        binary = await read_message(socket)

    assert (text.opcode, text.data) == (Opcode.TEXT, GREETING)
    assert (binary.opcode, binary.data) == (Opcode.BINARY, ALL_BYTES)
