"""The events between the connection and the user of the stream: bounded, in order, one reader."""

import asyncio
from collections import deque

from proxyproof.client.message import StreamEvent


class Mailbox:
    """A bounded queue with an end.

    A full mailbox makes `put` wait, so that reading stops and TCP slows the sender down: a slow
    user loses nothing here.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._events: deque[StreamEvent] = deque()
        self._ended = False
        self._news = asyncio.Event()
        self._room = asyncio.Event()

    async def put(self, event: StreamEvent) -> None:
        """Add an event when there is room for it. Cancelled, it has not been added."""
        while len(self._events) >= self._size:
            self._room.clear()
            await self._room.wait()
        self._events.append(event)
        self._news.set()

    async def get(self) -> StreamEvent | None:
        """Take the oldest event; None once the end is reached."""
        while not self._events:
            if self._ended:
                return None
            self._news.clear()
            await self._news.wait()
        self._room.set()
        return self._take()

    def end(self, *, discard: bool = False) -> None:
        """Let the reader finish: with what is still here, or at once."""
        self._ended = True
        if discard:
            self._events.clear()
        self._news.set()

    def _take(self) -> StreamEvent:
        return self._events.popleft()
