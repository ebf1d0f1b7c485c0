import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from proxyproof.outpost.transfer.channel import HIGH_WATER, Channel
from tests.proxyproof.outpost.deployment import Raw, raw_connection


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[Channel, Raw]]:
    """Connect a channel with a peer that a test drives."""
    accepted = asyncio.get_running_loop().create_future()
    server = await asyncio.get_running_loop().create_server(
        lambda: Channel(accepted.set_result), "127.0.0.1", 0
    )
    async with raw_connection(server.sockets[0].getsockname()[1]) as raw:
        channel: Channel = await accepted
        yield channel, raw
        channel.abort()
    server.close()


async def test_a_read_takes_what_is_there_up_to_its_limit() -> None:
    async with pair() as (channel, raw):
        await raw.send("abcdef")
        first = await channel.read(2)

        assert (first, await channel.read()) == (b"ab", b"cdef")


async def test_what_was_unread_is_read_again() -> None:
    async with pair() as (channel, raw):
        await raw.send("cd")
        channel.unread(await channel.read())
        channel.unread(b"ab")

        assert await channel.read() == b"abcd"


async def test_the_end_of_the_peer_is_told_after_its_bytes() -> None:
    async with pair() as (channel, raw):
        gone = asyncio.Event()
        channel.on_gone = gone.set
        await raw.send("last")
        raw.writer.write_eof()
        await asyncio.wait_for(gone.wait(), 5)

        assert (channel.ended, channel.lost) == (True, False)
        assert (await channel.read(), await channel.read()) == (b"last", b"")


class Transport(asyncio.Transport):
    """A transport that only knows whether it reads."""

    reading = True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


async def test_a_peer_that_sends_too_much_is_made_to_wait() -> None:
    channel, transport = Channel(), Transport()
    channel.connection_made(transport)
    states = []
    for _ in range(2):
        channel.data_received(b"x" * HIGH_WATER)
        states.append(transport.reading)
    await channel.read()

    assert [*states, transport.reading] == [True, False, True]


async def test_a_reader_that_gave_up_is_not_woken() -> None:
    async with pair() as (channel, raw):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await channel.read()
        await raw.send("later")

        assert await channel.read() == b"later"


async def test_a_peer_that_does_not_read_makes_the_writer_wait() -> None:
    async with pair() as (channel, raw):
        size = 32 * 1024 * 1024
        writing = asyncio.create_task(channel.write(b"x" * size))
        await raw.take(1)
        assert not writing.done()
        await raw.take(size - 1)
        await asyncio.wait_for(writing, 5)


async def test_a_writer_that_waits_is_told_of_a_lost_peer() -> None:
    async with pair() as (channel, raw):
        writing = asyncio.create_task(channel.write(b"x" * 32 * 1024 * 1024))
        await raw.take(1)
        raw.writer.transport.abort()
        await asyncio.wait_for(writing, 5)

        assert channel.lost
        with pytest.raises(ConnectionResetError, match="is gone"):
            await channel.write(b"more")


async def test_a_reset_is_an_error_and_not_an_end() -> None:
    async with pair() as (channel, raw):
        other: list[object] = []
        channel.on_gone = lambda: other.append("gone")
        peer = Channel()
        peer.connection_made(raw.writer.transport)
        peer.reset()
        with pytest.raises(ConnectionResetError, match="broke"):
            await asyncio.wait_for(channel.read(), 5)
        channel.end()  # of a lost connection: no effect

        assert other == ["gone"]
