"""The link: a TCP relay that cuts, stalls, delays, splits and joins bytes on command.

Out of the path unless a case asks for it; without a command it only relays, half-closes and
resets included. All methods are called in the loop that the link was started in.
"""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Self

from proxyproof.wire.connection import Change, Commands, Connection
from proxyproof.wire.facts import Facts
from proxyproof.wire.flow import READ, Direction, Ending, Leg, Shape


class Link(Commands):
    """A relay from a port of its own to `target` (host, port); an async context manager.

    Args:
        target: Where connections are relayed to.
        host: The address to listen at.
        port: The port to listen at; 0 takes a free one, see `port` afterwards.
    """

    def __init__(self, target: tuple[str, int], host: str = "127.0.0.1", port: int = 0) -> None:
        self.target = target
        self.host = host
        self.port = port
        self.connections: list[Connection] = []
        self._shapes: dict[Direction, Shape] = {"upstream": Shape(), "downstream": Shape()}
        self._facts = Facts()
        self._tasks: set[asyncio.Task[None]] = set()
        self._holder: socket.socket | None = None
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._holder = self._bound(self.port)
        self.port = self._holder.getsockname()[1]
        await self.accept()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.refuse()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._holder:
            self._holder.close()

    # Commands to the whole link

    async def accept(self) -> None:
        """Take connections (again)."""
        if self._server is None:
            sock = self._bound(self.port)
            self._server = await asyncio.start_server(self._arrived, sock=sock, limit=READ)

    def refuse(self) -> None:
        """Let new connections be refused by the kernel; open ones stay, the port is kept."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def reshape(self, change: Change, direction: Direction | None = None) -> None:
        """Change what happens to the bytes of a direction, on open and coming connections."""
        self._reshape_coming(change, direction)
        for connection in self.open:
            connection.reshape(change, direction)

    def cut(
        self, how: Ending = "fin", direction: Direction | None = None, *, new: bool = False
    ) -> None:
        """End all open connections; with `new` also those to come, and these as a whole."""
        if new:
            self._reshape_coming(lambda shape: replace(shape, budget=0, ending=how), direction)
        for connection in self.open:
            connection.cut(how, direction)

    def cut_after(
        self,
        n: int,
        direction: Direction = "downstream",
        how: Ending = "fin",
        *,
        new: bool = False,
    ) -> None:
        """End each open connection after exactly `n` more bytes; with `new` those to come, too."""
        if new:
            self._reshape_coming(lambda shape: replace(shape, budget=n, ending=how), direction)
        for connection in self.open:
            connection.cut_after(n, direction, how)

    def heal(self) -> None:
        """Let the connections to come pass untouched; what was cut stays cut."""
        self._shapes = {"upstream": Shape(), "downstream": Shape()}

    # Facts

    @property
    def open(self) -> tuple[Connection, ...]:
        """The connections that are open now, oldest first."""
        return tuple(connection for connection in self.connections if connection.open)

    @property
    def total(self) -> int:
        """How many connections there have been."""
        return len(self.connections)

    def relayed(self, direction: Direction) -> int:
        """Bytes passed on in a direction, over all connections."""
        return sum(flow.relayed for one in self.connections for flow in one.flows(direction))

    def held(self, direction: Direction) -> int:
        """Bytes read in a direction and not yet passed on."""
        return sum(flow.held for one in self.open for flow in one.flows(direction))

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until a fact about this link holds, for example `link.held("upstream") >= 5`."""
        await self._facts.until(holds)

    async def connected(self, n: int = 1) -> None:
        """Wait until there have been `n` connections in all."""
        await self.until(lambda: self.total >= n)

    async def closed(self) -> None:
        """Wait until no connection is open."""
        await self.until(lambda: not self.open)

    # Connections

    def _arrived(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(Leg(reader, writer)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: writer.close())

    async def _serve(self, client: Leg) -> None:
        try:
            origin = Leg(*await asyncio.open_connection(*self.target, limit=READ))
        except OSError:
            client.reset()
            return
        connection = Connection(client, origin, dict(self._shapes), self._facts.changed)
        self.connections.append(connection)
        self._facts.changed()
        await connection.run()

    def _reshape_coming(self, change: Change, direction: Direction | None) -> None:
        for way in self._shapes:
            if direction in (None, way):
                self._shapes[way] = change(self._shapes[way])

    def _bound(self, port: int) -> socket.socket:
        """A socket bound to the link's address.

        One that never listens holds the port while the link refuses, so that nobody else is
        given it. Both then need SO_REUSEADDR (Linux) and SO_REUSEPORT (BSD).
        """
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            sock.bind((self.host, port))
        except OSError:
            sock.close()
            raise
        return sock
