import asyncio

import pytest

from proxyproof.wire.flow import Direction, Ending
from tests.proxyproof.wire.peers import BOTH, linked, way


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
