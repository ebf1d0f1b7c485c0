import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxyproof.outpost.faults.frames import AnswersPings, Frame, FrameReader
from proxyproof.outpost.transfer.channel import Channel
from tests.proxyproof.outpost.deployment import Deploy

MASKS = st.one_of(st.just(b""), st.binary(min_size=4, max_size=4))
SIZES = st.one_of(st.integers(0, 300), st.sampled_from([65535, 65536, 70000]))


@settings(deadline=None)  # the machine may be busy
@given(first=st.integers(0, 255), size=SIZES, mask=MASKS, cut=st.integers(1, 64))
def test_frames_are_read_at_any_chunking(first: int, size: int, mask: bytes, cut: int) -> None:
    frame = Frame(first, bytes(i % 251 for i in range(size)), mask)
    data = frame.as_bytes() * 2
    reader = FrameReader()
    step = max(cut, len(data) // 50)
    read = [f for at in range(0, len(data), step) for f in reader.feed(data[at : at + step])]

    assert read == [frame, frame]


async def test_close_code_and_reason_are_lost(deploy: Deploy) -> None:
    outpost = await deploy(faults=["swallows-close-code"])
    async with outpost.websocket(cookie=outpost.user()) as ws:
        await ws.send("bye")
        await asyncio.wait_for(ws.wait_closed(), 5)

    assert (ws.close_code, ws.close_reason) == (1005, "")


async def test_a_ping_does_not_reach_the_peer(deploy: Deploy) -> None:
    outpost = await deploy(faults=["drops-pings"])
    async with outpost.websocket(cookie=outpost.user()) as ws:
        answered = asyncio.ensure_future(await ws.ping())
        await ws.send("after")

        assert await ws.recv() == "after"
        assert not answered.done()
        answered.cancel()


@pytest.mark.parametrize(
    ("faults", "payload"), [([], b"answered by the application"), (["answers-pings"], b"mine")]
)
async def test_a_ping_is_answered_in_the_peers_place(
    deploy: Deploy, faults: list[str], payload: bytes
) -> None:
    outpost = await deploy(faults=faults)
    async with outpost.raw() as raw:
        await raw.send(outpost.upgrade("/ws?manual", outpost.user()))
        await raw.head()
        await raw.send(Frame(0x89, b"mine", b"\0\0\0\1").as_bytes().decode("latin-1"))

        assert await raw.take(2 + len(payload)) == Frame(0x8A, payload).as_bytes()


def test_a_ping_of_the_origin_is_answered_with_a_mask() -> None:
    tunnel = AnswersPings(Channel(), Channel(), half_close=True)
    (answer,) = tunnel.answers(Frame(0x89, b"x"))

    assert (answer.opcode, answer.payload, bool(answer.mask)) == (0xA, b"x", True)


@pytest.mark.parametrize(
    ("fault", "sent", "seen"),
    [
        ("alters-opcode", "text", b"text"),
        ("alters-opcode", b"binary", b"binary"),
        ("truncates-4k", b"x" * 5000, b"x" * 4096),
        ("truncates-4k", b"short", b"short"),
    ],
)
async def test_a_message_is_changed(
    deploy: Deploy, fault: str, sent: str | bytes, seen: bytes
) -> None:
    outpost = await deploy(faults=[fault])
    async with outpost.websocket(cookie=outpost.user(), compression=None) as ws:
        await ws.send(sent)

        assert await ws.recv() == seen


async def test_fragments_are_swapped(deploy: Deploy) -> None:
    outpost = await deploy(faults=["reorders-fragments"])
    async with outpost.websocket(cookie=outpost.user(), compression=None) as ws:
        await ws.send(["one ", "two ", "three"])
        swapped = await ws.recv()
        await ws.send("whole")

        assert (swapped, await ws.recv()) == ("two one three", "whole")


async def test_a_control_frame_between_fragments_passes(deploy: Deploy) -> None:
    outpost = await deploy(faults=["reorders-fragments"])
    mask = b"\0\0\0\1"
    async with outpost.raw() as raw:
        await raw.send(outpost.upgrade("/ws", outpost.user()))
        await raw.head()
        parts = [Frame(0x01, b"one", mask), Frame(0x89, b"p", mask), Frame(0x80, b"two", mask)]
        await raw.send(b"".join(part.as_bytes() for part in parts).decode("latin-1"))
        expected = Frame(0x8A, b"p").as_bytes() + Frame(0x81, b"twoone").as_bytes()

        assert await raw.take(len(expected)) == expected


async def test_a_body_is_cut_as_well(deploy: Deploy) -> None:
    outpost = await deploy(faults=["truncates-4k"])
    async with outpost.client(outpost.user()) as client:
        with pytest.raises(Exception, match="peer closed connection"):
            await client.get("/large")
