import asyncio
import socket

import pytest

from proxyproof.wire.flow import Direction
from proxyproof.wire.link import Link
from tests.proxyproof.wire.peers import BOTH, DEADLINE, Peer, linked, reset, way


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
