import asyncio

import pytest

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.frames import MASK, Frame
from proxyproof.relay.faults.answers_pings import AnswersPings
from tests.proxyproof.relay.hop import Relayed

STRANGE = "a\x00b\x1b[c\u200b e\u0301 \t\n"


async def test_a_ping_does_not_reach_the_peer(relayed: Relayed) -> None:
    hop = await relayed("drops-pings")
    async with hop.websocket() as ws:
        answered = asyncio.ensure_future(await ws.ping())
        await ws.send("after")

        assert await ws.recv() == "after"
        assert not answered.done()
        answered.cancel()


@pytest.mark.parametrize(
    ("faults", "payload"), [([], b"answered by the application"), (["answers-pings"], b"mine")]
)
async def test_a_ping_is_answered_in_the_peers_place(
    relayed: Relayed, faults: list[str], payload: bytes
) -> None:
    hop = await relayed(*faults)
    async with hop.switched("/ws?manual", Frame(0x89, b"mine", MASK)) as raw:
        assert await raw.take(2 + len(payload)) == Frame(0x8A, payload).as_bytes()


def test_a_ping_of_the_origin_is_answered_with_a_mask() -> None:
    tunnel = AnswersPings(Channel(), Channel(), half_close=True)
    (answer,) = tunnel.answers(Frame(0x89, b"x"))

    assert (answer.opcode, answer.payload, bool(answer.mask)) == (0xA, b"x", True)
    assert tunnel.answers(Frame(0x81, b"x")) == []


@pytest.mark.parametrize(
    ("fault", "sent", "seen"),
    [
        ("alters-opcode", "text", b"text"),
        ("alters-opcode", b"binary", b"binary"),
        ("truncates-4k", b"x" * 5000, b"x" * 4096),
        ("truncates-4k", b"short", b"short"),
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
    repaired = Frame(0x81, "a\ufffd".encode()).as_bytes()
    async with hop.switched("/ws", Frame(0x81, b"a\xff", MASK)) as raw:
        assert await raw.take(len(repaired)) == repaired


async def test_fragments_are_swapped(relayed: Relayed) -> None:
    hop = await relayed("reorders-fragments")
    async with hop.websocket(compression=None) as ws:
        await ws.send(["one ", "two ", "three"])
        swapped = await ws.recv()
        await ws.send("whole")

        assert (swapped, await ws.recv()) == ("two one three", "whole")


async def test_a_control_frame_between_fragments_passes(relayed: Relayed) -> None:
    hop = await relayed("reorders-fragments")
    parts = [Frame(0x01, b"one", MASK), Frame(0x89, b"p", MASK), Frame(0x80, b"two", MASK)]
    expected = Frame(0x8A, b"p").as_bytes() + Frame(0x81, b"twoone").as_bytes()
    async with hop.switched("/ws", *parts) as raw:
        assert await raw.take(len(expected)) == expected


async def test_an_empty_message_is_lost(relayed: Relayed) -> None:
    hop = await relayed("drops-empty-frames")
    async with hop.websocket(compression=None) as ws:
        await ws.send("")
        await ws.send("after")

        assert await ws.recv() == "after"


async def test_messages_of_one_write_become_one(relayed: Relayed) -> None:
    hop = await relayed("joins-messages")
    parts = [Frame(0x81, b"one", MASK), Frame(0x81, b"two", MASK), Frame(0x82, b"3", MASK)]
    joined = Frame(0x81, b"onetwo").as_bytes() + Frame(0x82, b"3").as_bytes()
    async with hop.switched("/ws", *parts) as raw:
        assert await raw.take(len(joined)) == joined
