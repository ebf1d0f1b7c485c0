import asyncio
import socket
import sys

import pytest

from proxyproof.wire.flow import WINDOW
from proxyproof.wire.link import Link
from tests.proxyproof.wire.peers import DEADLINE, Peer, linked, reset


async def test_stalled_direction_gives_backpressure_and_loses_nothing() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        ends.link.stall("upstream")
        body = bytes(16 * 1024 * 1024)  # more than the buffers of the kernel on the way
        sending = asyncio.create_task(client.send(body))
        await origin.send(b"the other direction runs")
        await client.receive(24)
        assert ends.link.relayed("upstream") == 0
        assert not sending.done()
        ends.link.resume("upstream")
        received = await origin.receive(len(body))
        await sending

        assert received == body


async def test_stall_holds_for_new_connections() -> None:
    async with linked() as ends:
        ends.link.stall()
        client, origin = await ends.connect()
        await client.send(b"later")
        ends.link.resume()

        assert await origin.receive(5) == b"later"


async def test_a_reader_that_does_not_read_fills_no_more_than_the_window() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        sock = origin.writer.get_extra_info("socket")
        origin.writer.transport.pause_reading()  # type: ignore[attr-defined]
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sending = asyncio.create_task(client.send(bytes(32 * 1024 * 1024)))
        await ends.until(lambda: ends.link.held("upstream") >= WINDOW)

        assert ends.link.held("upstream") < WINDOW + 2 * 16 * 1024
        sending.cancel()
        reset(client)


async def test_delay_is_a_lower_bound_and_keeps_order() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        ends.link.delay(0.05, "downstream")
        loop = asyncio.get_running_loop()
        sent_at = loop.time()
        await origin.send(b"one ")
        await origin.send(b"two")
        received = await client.receive(7)

        assert received == b"one two"
        assert loop.time() - sent_at >= 0.05


async def test_delay_does_not_add_up() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        ends.link.delay(0.2, "downstream")
        await origin.send(b"1")
        await ends.until(lambda: ends.link.held("downstream") == 1)
        await origin.send(b"2")

        # The second byte is taken in while the first is still on its way.
        await ends.until(lambda: ends.link.held("downstream") == 2)
        assert await client.receive(2) == b"12"


@pytest.mark.parametrize(("size", "segments"), [(1, 15), (4, 4), (100, 1)])
async def test_split_sends_pieces_in_segments_of_their_own(size: int, segments: int) -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        ends.link.split(size, "downstream")
        await origin.send(b"id: 1\ndata: x\n\n")

        assert await client.receive(15) == b"id: 1\ndata: x\n\n"
        assert segments_received(client) == segments


def segments_received(peer: Peer) -> int:
    """The kernel's count of segments with data (`tcpi_data_segs_in` of Linux)."""
    info = peer.writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 160)
    return int.from_bytes(info[152:156], sys.byteorder)


async def read_pieces(peer: Peer, n: int) -> list[bytes]:
    pieces: list[bytes] = []
    async with asyncio.timeout(DEADLINE):
        while sum(map(len, pieces)) < n:
            pieces.append(await peer.reader.read(n))
    return pieces


async def test_pieces_can_be_apart_in_time() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        ends.link.split(1, pause=0.01)
        loop = asyncio.get_running_loop()
        sent_at = loop.time()
        await origin.send(b"abc")
        await client.receive(3)

        assert loop.time() - sent_at >= 0.02


async def test_cut_between_two_pieces_loses_the_others() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        ends.link.split(1, pause=0.01)
        await origin.send(b"a" * 1000)
        await client.receive(1)
        ends.link.cut("fin")
        rest = await client.rest()
        client.close()
        origin.close()
        async with asyncio.timeout(DEADLINE):
            await ends.link.closed()

        assert len(rest) < 999


async def test_pieces_below_one_byte_are_refused() -> None:
    with pytest.raises(ValueError, match="expected at least 1"):
        Link(("127.0.0.1", 1)).split(0)


async def test_joined_bytes_arrive_as_one_when_released() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        ends.link.join(direction="downstream")
        for event in (b"one ", b"two ", b"three"):
            await origin.send(event)
        await ends.until(lambda: ends.link.held("downstream") == 13)
        assert ends.link.relayed("downstream") == 0
        ends.link.release()

        assert await read_pieces(client, 13) == [b"one two three"]


async def test_bytes_are_joined_up_to_a_number() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        ends.link.join(6, "downstream")
        await origin.send(b"abc")
        await ends.until(lambda: ends.link.held("downstream") == 3)
        await origin.send(b"def")

        assert await read_pieces(client, 6) == [b"abcdef"]


async def test_end_of_the_sender_releases_what_was_joined() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        ends.link.join()
        await origin.send(b"held")
        origin.finish()

        assert await client.rest() == b"held"


async def test_cut_while_bytes_are_held_loses_them() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        ends.link.join()
        await origin.send(b"held")
        await ends.until(lambda: ends.link.held("downstream") == 4)
        ends.link.cut("fin")

        assert await client.rest() == b""
        assert ends.link.held("downstream") == 0
