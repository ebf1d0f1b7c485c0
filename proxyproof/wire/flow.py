"""One direction of one connection: bytes are read, shaped as commanded, and written.

    source ──read──> waiting (delayed, held back) ──write, in pieces──> sink

With nothing commanded the bytes leave as they came, at once and in order.
"""

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from proxyproof.wire.facts import Facts

Direction = Literal["upstream", "downstream"]
"""`upstream` is towards the origin, `downstream` towards the client."""

Ending = Literal["fin", "rst", "silence"]
"""How a cut looks to the peer; after `silence` bytes vanish and no FIN comes (half-open)."""

READ = 16 * 1024
WINDOW = 256 * 1024  # bytes under way in one direction; more, and the source feels backpressure


@dataclass(frozen=True)
class Shape:
    """What a direction does to its bytes; the default is nothing.

    `delay` and `pause` are seconds, the others bytes. `gather` is infinite when bytes are held
    back until released. `budget` counts down; at 0 the connection ends as `ending` says.
    """

    stalled: bool = False
    delay: float = 0.0
    piece: int | None = None
    pause: float = 0.0
    gather: float = 0
    budget: int | None = None
    ending: Ending = "fin"


class Leg:
    """One of the two sockets of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self._writer = writer
        # Every write must have left before the next: pieces stay pieces, backpressure is felt.
        writer.transport.set_write_buffer_limits(high=0)

    @property
    def transport(self) -> asyncio.WriteTransport:
        """The transport of the socket."""
        return self._writer.transport

    async def write(self, data: bytes) -> None:
        """Hand the bytes to the kernel in one call."""
        self._writer.write(data)
        await self._writer.drain()

    def finish(self) -> None:
        """Send FIN; what the peer still sends can be read."""
        with suppress(OSError):
            self._writer.write_eof()

    def reset(self) -> None:
        """Send RST."""
        with suppress(OSError):
            sock: socket.socket = self._writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def close(self) -> None:
        """Close both directions of the socket."""
        self._writer.close()

    async def closed(self) -> None:
        """Wait until the socket is closed."""
        with suppress(OSError):
            await self._writer.wait_closed()


class Flow:
    """Relays one direction of a connection, under the commands given in its `Shape`."""

    def __init__(
        self,
        source: Leg,
        sink: Leg,
        shape: Shape,
        *,
        exhausted: Callable[[Ending], None],
        changed: Callable[[], None],
    ) -> None:
        self.relayed = 0  # bytes written to the sink
        self.held = 0  # bytes read and not yet on their way to the sink
        self.ended = False
        self._source = source
        self._sink = sink
        self._shape = shape
        self._exhausted = exhausted
        self._told = changed
        self._facts = Facts()
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._muted = False
        self._last: Callable[[], None] | None = None

    def reshape(self, change: Callable[[Shape], Shape]) -> None:
        """Apply a command, from the next byte on."""
        self._shape = change(self._shape)
        self._spend(b"")
        self._changed()

    def mute(self) -> None:
        """From now on bytes vanish, and so does their end."""
        self._muted = True
        self._waiting.clear()
        self.held = 0
        self._changed()

    def cut(self, how: Ending) -> None:
        """End this direction towards the sink."""
        self.mute()
        if how == "fin":
            self._sink.finish()
        if how == "rst":
            self._sink.reset()

    async def run(self) -> None:
        """Relay until the source has ended and its end was passed on."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read())
            tasks.create_task(self._write())

    async def _read(self) -> None:
        end = self._sink.finish
        self._spend(b"")
        try:
            while data := await self._next_bytes():
                self._accept(data)
        except OSError:
            end = self._sink.reset
        self._last = self._last or end
        self.ended = True
        self._changed()

    async def _next_bytes(self) -> bytes:
        await self._facts.until(lambda: not self._shape.stalled and self._has_room())
        data = await self._source.reader.read(READ)
        # The command to stall may have come while the read was under way.
        await self._facts.until(lambda: not self._shape.stalled)
        return data

    def _has_room(self) -> bool:
        return self.held < max(WINDOW, self._shape.gather)

    def _accept(self, data: bytes) -> None:
        data = self._spend(data)
        if data and not self._muted:
            due = asyncio.get_running_loop().time() + self._shape.delay
            self._waiting.append((due, data))
            self.held += len(data)
        self._changed()

    def _spend(self, data: bytes) -> bytes:
        """Take the bytes off the budget; return those that may still pass."""
        budget = self._shape.budget
        if self._last is not None:
            return b""
        if budget is None or self._muted:
            return data
        data = data[:budget]
        self._shape = replace(self._shape, budget=budget - len(data))
        if len(data) == budget:
            ending = self._shape.ending
            self._last = lambda: self._exhausted(ending)
        return data

    async def _write(self) -> None:
        while not (self._last and not self._waiting):
            await self._facts.until(self._has_work)
            await self._pass_on(await self._due())
        if not self._muted:
            self._last()

    def _has_work(self) -> bool:
        return self._last is not None or self.held >= max(1, self._shape.gather)

    async def _due(self) -> bytes:
        """Everything whose time has come, as one piece; all of it if bytes are to be joined."""
        now = asyncio.get_running_loop().time
        if not self._waiting:
            return b""
        due = self._waiting[-1 if self._shape.gather else 0][0]
        await asyncio.sleep(due - now())
        ready = bytearray()
        while self._waiting and self._waiting[0][0] <= max(due, now()):
            ready += self._waiting.popleft()[1]
        self.held -= len(ready)
        return bytes(ready)

    async def _pass_on(self, data: bytes) -> None:
        size = self._shape.piece or len(data)
        for start in range(0, len(data), size or 1):
            if start:
                # The peer gets a turn, so that it can read the piece before the next is there.
                await asyncio.sleep(self._shape.pause)
            if self._muted:
                return
            await self._send(data[start : start + size])
        self._changed()

    async def _send(self, piece: bytes) -> None:
        try:
            await self._sink.write(piece)
        except OSError:
            self._give_up()
        else:
            self.relayed += len(piece)

    def _give_up(self) -> None:
        """The sink takes no more bytes: tell the source, unless it was a cut."""
        if not self._muted:
            self.mute()
            self._source.reset()

    def _changed(self) -> None:
        self._facts.changed()
        self._told()
