import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from proxyproof.wire.flow import WINDOW, Direction, Ending
from proxyproof.wire.link import Link

DEADLINE = 5.0
BOTH: tuple[Direction, ...] = ("upstream", "downstream")


@dataclass
class Peer:
    """One end of a connection; reads only when told to."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def receive(self, n: int) -> bytes:
        async with asyncio.timeout(DEADLINE):
            return await self.reader.readexactly(n)

    async def rest(self) -> bytes:
        async with asyncio.timeout(DEADLINE):
            return await self.reader.read()

    def finish(self) -> None:
        self.writer.write_eof()

    def close(self) -> None:
        self.writer.close()

    async def leave(self) -> None:
        self.close()
        with suppress(OSError):
            await self.writer.wait_closed()


@dataclass
class Ends:
    """A link between a listening origin and the clients that a test opens."""

    link: Link
    arrived: asyncio.Queue[Peer] = field(default_factory=asyncio.Queue)
    peers: list[Peer] = field(default_factory=list)

    async def connect(self) -> tuple[Peer, Peer]:
        client = Peer(*await asyncio.open_connection("127.0.0.1", self.link.port))
        self.peers.append(client)
        async with asyncio.timeout(DEADLINE):
            return client, await self.arrived.get()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE):
            await self.link.until(holds)


@asynccontextmanager
async def linked() -> AsyncIterator[Ends]:
    ends: Ends

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        ends.peers.append(peer)
        ends.arrived.put_nowait(peer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with Link(server.sockets[0].getsockname()[:2]) as link:
        ends = Ends(link)
        try:
            yield ends
        finally:
            server.close()
            for peer in ends.peers:
                await peer.leave()


def way(peers: tuple[Peer, Peer], direction: Direction) -> tuple[Peer, Peer]:
    """Sender and receiver of a direction."""
    client, origin = peers
    return (client, origin) if direction == "upstream" else (origin, client)


async def test_bytes_pass_both_ways_unchanged() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        await client.send(b"question")
        question = await origin.receive(8)
        await origin.send(b"answer")
        answer = await client.receive(6)

        assert (question, answer) == (b"question", b"answer")
        assert (ends.link.relayed("upstream"), ends.link.relayed("downstream")) == (8, 6)


async def test_a_megabyte_passes_whole() -> None:
    body = bytes(range(256)) * 4096
    async with linked() as ends:
        client, origin = await ends.connect()
        sending = asyncio.create_task(client.send(body))
        received = await origin.receive(len(body))
        await sending

        assert received == body


@pytest.mark.parametrize("direction", BOTH)
async def test_half_close_passes_and_the_other_direction_stays_open(direction: Direction) -> None:
    async with linked() as ends:
        sender, receiver = way(await ends.connect(), direction)
        await sender.send(b"last words")
        sender.finish()
        last_words = await receiver.rest()
        await receiver.send(b"still here")

        assert last_words == b"last words"
        assert await sender.receive(10) == b"still here"


async def test_a_reset_passes_as_a_reset() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        reset(client)

        with pytest.raises(ConnectionResetError):
            await origin.rest()


def reset(peer: Peer) -> None:
    sock = peer.writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    peer.writer.transport.abort()


async def test_writing_to_a_client_that_has_left_ends_in_a_reset() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        client.close()
        await origin.rest()

        with pytest.raises(ConnectionResetError):
            await send_for_ever(origin)


async def send_for_ever(peer: Peer) -> None:
    async with asyncio.timeout(DEADLINE):
        while True:
            await peer.send(b"data: to nobody\n\n")
            await asyncio.sleep(0)


async def test_connection_is_closed_when_both_peers_have_ended() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        client.close()
        await origin.rest()
        origin.close()
        async with asyncio.timeout(DEADLINE):
            await ends.link.closed()

        assert (len(ends.link.open), ends.link.total) == (0, 1)


async def test_cut_with_fin_ends_both_peers_in_order() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        ends.link.cut("fin")

        assert (await client.rest(), await origin.rest()) == (b"", b"")


async def test_cut_with_rst_resets_both_peers() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        ends.link.cut("rst")

        with pytest.raises(ConnectionResetError):
            await client.rest()
        with pytest.raises(ConnectionResetError):
            await origin.rest()


async def test_silence_swallows_bytes_and_their_end() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        ends.link.cut("silence")
        await client.send(b"lost")
        client.close()
        await ends.until(lambda: ends.link.connections[0].upstream.ended)

        assert ends.link.relayed("upstream") == 0
        assert not origin.reader.at_eof()
        assert len(ends.link.open) == 1


@pytest.mark.parametrize("direction", BOTH)
async def test_silence_in_one_direction_leaves_the_other(direction: Direction) -> None:
    async with linked() as ends:
        sender, receiver = way(await ends.connect(), direction)
        ends.link.cut("silence", direction)
        await sender.send(b"lost")
        await receiver.send(b"heard")

        assert await sender.receive(5) == b"heard"
        assert ends.link.relayed(direction) == 0


async def test_reset_towards_the_client_leaves_the_origin_in_the_dark() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        ends.link.cut("rst", "downstream")
        with pytest.raises(ConnectionResetError):
            await client.rest()
        await ends.until(lambda: ends.link.connections[0].upstream.ended)

        assert not origin.reader.at_eof()


@pytest.mark.parametrize("direction", BOTH)
@pytest.mark.parametrize("how", ["fin", "rst"])
async def test_cut_after_lets_exactly_so_many_bytes_pass(how: Ending, direction: Direction) -> None:
    async with linked() as ends:
        sender, receiver = way(await ends.connect(), direction)
        await sender.send(b"before")
        await receiver.receive(6)
        ends.link.cut_after(4, direction, how)
        await sender.send(b"data: whole event\n\n")
        partial = await receiver.receive(4)

        assert partial == b"data"
        with pytest.raises(ConnectionResetError if how == "rst" else asyncio.IncompleteReadError):
            await receiver.receive(1)


async def test_cut_after_counts_over_several_writes() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        ends.link.cut_after(3)
        await origin.send(b"ab")
        assert await client.receive(2) == b"ab"
        await origin.send(b"cd")

        assert await client.rest() == b"c"


async def test_cut_after_nothing_is_a_cut() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        ends.link.cut_after(0)

        assert (await client.rest(), await origin.rest()) == (b"", b"")


async def test_cut_can_hold_for_new_connections_until_healed() -> None:
    async with linked() as ends:
        ends.link.cut("fin", new=True)
        doomed, _ = await ends.connect()
        assert await doomed.rest() == b""
        ends.link.heal()
        client, origin = await ends.connect()
        await client.send(b"well")

        assert await origin.receive(4) == b"well"


async def test_new_connections_can_be_silent() -> None:
    async with linked() as ends:
        ends.link.cut("silence", new=True)
        client, origin = await ends.connect()
        await client.send(b"lost")
        client.close()
        await ends.until(lambda: ends.link.connections[0].upstream.ended)

        assert ends.link.relayed("upstream") == 0
        assert not origin.reader.at_eof()


async def test_new_connections_can_be_cut_after_some_bytes() -> None:
    async with linked() as ends:
        ends.link.cut_after(2, "upstream", new=True)
        client, origin = await ends.connect()
        await client.send(b"abc")

        assert await origin.rest() == b"ab"


async def test_one_connection_can_be_cut_alone() -> None:
    async with linked() as ends:
        first, _ = await ends.connect()
        second, origin = await ends.connect()
        ends.link.connections[0].cut("fin")
        assert await first.rest() == b""
        await second.send(b"mine")

        assert await origin.receive(4) == b"mine"


async def test_refused_connections_meet_no_listener_and_the_port_is_kept() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        ends.link.refuse()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", ends.link.port)
        await client.send(b"open streams go on")
        assert await origin.receive(18) == b"open streams go on"
        await ends.link.accept()
        client, origin = await ends.connect()
        await client.send(b"back")

        assert await origin.receive(4) == b"back"


async def test_refusing_and_accepting_twice_is_no_more_than_once() -> None:
    async with linked() as ends:
        await ends.link.accept()
        await ends.connect()
        ends.link.refuse()
        ends.link.refuse()

        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", ends.link.port)


async def test_port_of_a_refusing_link_is_not_given_away() -> None:
    async with linked() as ends:
        ends.link.refuse()

        with pytest.raises(OSError, match="in use"), socket.socket() as other:
            other.bind(("127.0.0.1", ends.link.port))


async def test_link_takes_over_a_port_whose_streams_live_on() -> None:
    async with linked() as ends:
        await ends.connect()
        ends.link.refuse()
        port = ends.link.port
        ends.link._holder.close()  # type: ignore[union-attr]  # as a server that moves away does
        async with Link(ends.link.target, port=port) as second:
            assert second.port == port


async def test_port_in_use_is_an_error_of_the_kernel() -> None:
    async with linked() as ends:
        port = ends.link.target[1]

        with pytest.raises(OSError, match="in use"):
            await Link(("127.0.0.1", 1), port=port).__aenter__()


async def test_absent_target_resets_the_client() -> None:
    with socket.socket() as absent:
        absent.bind(("127.0.0.1", 0))
        async with Link(absent.getsockname()) as link:
            client = Peer(*await asyncio.open_connection("127.0.0.1", link.port))
            with pytest.raises(ConnectionResetError):
                await client.rest()
            await client.leave()

            assert link.total == 0


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


async def test_connections_can_be_awaited() -> None:
    async with linked() as ends:
        waiting = asyncio.create_task(ends.link.connected(2))
        await ends.connect()
        assert not waiting.done()
        await ends.connect()
        async with asyncio.timeout(DEADLINE):
            await waiting

        assert len(ends.link.open) == 2


async def test_closing_the_link_closes_its_connections() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        await ends.link.__aexit__(None, None, None)

        assert (await client.rest(), await origin.rest()) == (b"", b"")
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", ends.link.port)


async def test_a_link_that_ends_while_a_connection_closes_leaves_no_socket_open() -> None:
    async with linked() as ends:
        client, origin = await ends.connect()
        client.close()
        origin.close()
        while ends.link.open:  # noqa: ASYNC110 -- the very turn in which it closes is the subject
            await asyncio.sleep(0)
    transports = [leg.transport for one in ends.link.connections for leg in one.legs]

    assert [transport.is_closing() for transport in transports] == [True, True]
