"""The streams that are open, and the testimony of their opening and end."""

import asyncio
import itertools
import time
from collections.abc import Iterator

from proxyproof.origin.ledger import Closed, Ledger
from proxyproof.origin.stream.stream import LOST, Ending, Stream


class Streams:
    """Registry of open streams."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._numbers = itertools.count(1)
        self._open: dict[int, Stream] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Stream]:
        return iter(tuple(self._open.values()))

    def number(self) -> int:
        """The number of the next stream."""
        return next(self._numbers)

    def of(self, token: str) -> list[Stream]:
        """Open streams of a case token, oldest first."""
        return [stream for stream in self if stream.token == token]

    def opened(self, stream: Stream) -> None:
        """Note a stream that was accepted."""
        self._open[stream.number] = stream
        self._empty.clear()
        self._ledger.opened(stream.token, stream.number, stream.name, stream.user)

    def closed(self, stream: Stream) -> None:
        """Note that the connection of a stream is over for the origin."""
        del self._open[stream.number]
        ending = stream.ending or Ending(LOST, "", "loss")
        entry = Closed(
            stream.number, stream.name, ending.code, ending.reason, time.monotonic(), ending.by
        )
        self._ledger.closed(stream.token, entry)
        if not self._open:
            self._empty.set()

    def close(self, code: int, reason: str, transport: str | None = None) -> None:
        """Close every open stream, or those of one transport."""
        for stream in self:
            if transport in (None, stream.name):
                stream.close(code, reason)

    async def emptied(self, timeout: float) -> None:
        """Wait until no stream is open; cut those that still are after ``timeout`` seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self._empty.wait()
        except TimeoutError:
            for stream in self:
                stream.abort()
