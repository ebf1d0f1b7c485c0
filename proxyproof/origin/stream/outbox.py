"""What is due to one client: bounded, in order, and never in the way of another client."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from proxyproof.events import Event
from proxyproof.origin.stream.codec import Block


class Connection(Protocol):
    """What the outbox needs of the protocol that owns a connection (aiohttp's RequestHandler)."""

    @property
    def writing_paused(self) -> bool:
        """True while the transport holds more than its high-water mark."""

    @property
    def connected(self) -> bool:
        """True while the connection is open."""


class Outbox:
    """Writes blocks while the client takes them, queues references to them when it does not.

    The queue costs no copies: clients with the same filter share the bytes of a block.

    Attributes:
        finished: Set once the last block was given to the connection.
        on_late: Called with each block that had to wait, when it goes out.
        on_overflow: Called when more waits than may.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        connection: Connection,
        drain: Callable[[], Awaitable[None]],
        bound: int,
    ) -> None:
        self._transport = transport
        self._connection = connection
        self._drain = drain
        self._bound = bound
        self._queue: deque[Block] = deque()
        self._queued_bytes = 0
        self._blocked = False  # something is queued, or nothing more may be
        self._closing = False
        self._seen_waiting = 0
        self._progress_at = time.monotonic()
        self._pumping: asyncio.Task[None] | None = None
        self._last: Sequence[Event] = ()
        self.finished = asyncio.Event()
        self.on_late: Callable[[Block], None] = _ignore
        self.on_overflow: Callable[[], None] = lambda: None

    def put(self, block: Block) -> bool:
        """Write the block, or queue it; True if the connection took it at once.

        A block that was queued is reported to `on_late` when it goes out. A queue beyond the
        bound calls `on_overflow`.
        """
        # This is called for every client and write: it does the least it can.
        if self._blocked or self._connection.writing_paused:
            self._put_aside(block)
            return False
        return self._write(block)

    def finish(self, data: bytes, *, drop: bool = False) -> None:
        """Let these bytes be the last; with ``drop`` they overtake whatever is queued."""
        if self._closing:
            return
        self._closing = self._blocked = True
        if drop:
            self._queue.clear()
        self._queue.append(Block(data))
        if self._connection.writing_paused or len(self._queue) > 1:
            self._pump_soon()
            return
        self._write(self._queue.popleft())
        self.finished.set()

    @property
    def last(self) -> Event | None:
        """The newest event that was given to the connection; None before the first."""
        return self._last[-1] if self._last else None

    @property
    def is_full(self) -> bool:
        """True if what is written now would have to wait."""
        return bool(self._queue) or self._connection.writing_paused

    @property
    def is_waiting(self) -> bool:
        """True if something waits for the client."""
        return bool(self._queue) or self._waiting() > 0

    def stalled_for(self) -> float:
        """Seconds since the client last took something of what waits for it; 0 if nothing does."""
        # A transport that takes no more from us changes its size only when the client does.
        waiting = self._waiting()
        if waiting == 0 or waiting != self._seen_waiting:
            self._seen_waiting = waiting
            self._progress_at = time.monotonic()
        return time.monotonic() - self._progress_at

    def _waiting(self) -> int:
        # A TLS transport that is closing has no size to tell, and waits for nobody.
        return 0 if self._transport.is_closing() else self._transport.get_write_buffer_size()

    async def drained(self) -> None:
        """Wait until the queue is empty and the connection takes more."""
        while self._pumping is not None and self._connection.connected:
            await asyncio.wait([self._pumping])
        if self._connection.connected:
            await self._drain()

    def _put_aside(self, block: Block) -> None:
        if self._closing:
            return
        self._blocked = True
        self._queue.append(block)
        self._queued_bytes += len(block.data)
        self._pump_soon()
        if self._queued_bytes > self._bound:
            self.on_overflow()

    def _pump_soon(self) -> None:
        if self._pumping is None:
            self._pumping = asyncio.get_running_loop().create_task(self._pump())

    async def _pump(self) -> None:
        # Not cancelled by anybody: aiohttp shares the future behind a drain between its waiters.
        try:
            while self._queue and self._connection.connected:
                await self._drain()
                self._write_what_fits()
        except ConnectionError:
            self._queue.clear()
        finally:
            self._pumping = None
        if not self._queue:
            self._blocked = self._closing
        if self._closing:
            self.finished.set()

    def _write_what_fits(self) -> None:
        while self._queue and not self._connection.writing_paused:
            block = self._queue.popleft()
            self._queued_bytes -= len(block.data)
            if self._write(block):
                self.on_late(block)

    def _write(self, block: Block) -> bool:
        # A TLS transport closed twice raises on a write: the other clients would get nothing.
        if self._transport.is_closing():
            return False
        self._transport.write(block.data)
        self._last = block.events or self._last
        return True


def _ignore(block: Block) -> None:
    del block
