"""Notices a connection that is dead without having ended."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Silence(Exception):
    """Nothing came for longer than the heartbeat allows."""


class Watchdog:
    """Bounds the silence while the client listens.

    Every sign of life counts: events, SSE comments, WebSocket pings. The time in which the client
    itself does not read, because its user is slow, does not count.

    Args:
        seconds: the longest silence; None: any.
    """

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self._scope: asyncio.Timeout | None = None

    def feed(self) -> None:
        """Take a sign of life."""
        if self._scope is not None and self.seconds is not None:
            self._scope.reschedule(asyncio.get_running_loop().time() + self.seconds)

    async def watch(self, reading: Awaitable[T]) -> T:
        """Await the next piece of the stream.

        Raises:
            Silence: too long without a sign of life.
        """
        scope = asyncio.timeout(self.seconds)
        try:
            async with scope:
                self._scope = scope
                return await reading
        except TimeoutError:
            if scope.expired():
                raise Silence(f"nothing came for {self.seconds} s") from None
            raise
        finally:
            self._scope = None
