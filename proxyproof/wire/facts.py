"""Facts that others wait for: no sleeping, no polling."""

import asyncio
from collections.abc import Callable


class Facts:
    """Wakes everybody who waits for a fact each time that something has changed.

    A fact that holds only for a moment can be missed; wait for counts that only grow.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Event()

    def changed(self) -> None:
        """Let every waiter look again."""
        turn, self._turn = self._turn, asyncio.Event()
        turn.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return as soon as `holds()` is true; the deadline is the caller's."""
        while not holds():
            await self._turn.wait()
