"""A link between two peers that a test holds in its hands."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from proxyproof.wire.flow import Direction
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


def reset(peer: Peer) -> None:
    sock = peer.writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    peer.writer.transport.abort()
