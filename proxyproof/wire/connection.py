"""One connection through the link, and what can be commanded of it."""

import asyncio
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace

from proxyproof.wire.flow import Direction, Ending, Flow, Leg, Shape

Change = Callable[[Shape], Shape]


class Commands(ABC):
    """What can be commanded of a link and of one of its connections.

    Without a `direction` a command holds for both. Commands to a link also hold for the
    connections to come, cuts only if `new` is set.
    """

    @abstractmethod
    def reshape(self, change: Change, direction: Direction | None = None) -> None:
        """Change what happens to the bytes of a direction."""

    def stall(self, direction: Direction | None = None) -> None:
        """Stop reading, so that the sender feels backpressure."""
        self.reshape(lambda shape: replace(shape, stalled=True), direction)

    def resume(self, direction: Direction | None = None) -> None:
        """Read on after `stall`."""
        self.reshape(lambda shape: replace(shape, stalled=False), direction)

    def delay(self, seconds: float, direction: Direction | None = None) -> None:
        """Let every byte arrive that much later; 0 ends it."""
        self.reshape(lambda shape: replace(shape, delay=seconds), direction)

    def split(self, n: int, direction: Direction | None = None, *, pause: float = 0.0) -> None:
        """Write pieces of at most `n` bytes, `pause` seconds apart."""
        if n < 1:
            raise ValueError(f"pieces of {n} bytes are not possible: expected at least 1")
        self.reshape(lambda shape: replace(shape, piece=n, pause=pause), direction)

    def join(self, n: int | None = None, direction: Direction | None = None) -> None:
        """Hold bytes back until there are `n` (or until `release`), then write them as one."""
        gather = math.inf if n is None else n
        self.reshape(lambda shape: replace(shape, gather=gather), direction)

    def release(self, direction: Direction | None = None) -> None:
        """End `join`: what was held back leaves in one write."""
        self.reshape(lambda shape: replace(shape, gather=0), direction)


class Connection(Commands):
    """One connection through the link: a leg to the client and a leg to the origin."""

    def __init__(
        self, client: Leg, origin: Leg, shapes: dict[Direction, Shape], changed: Callable[[], None]
    ) -> None:
        self.open = True
        self.legs = (client, origin)
        self._changed = changed
        self.upstream = self._flow(client, origin, shapes["upstream"])
        self.downstream = self._flow(origin, client, shapes["downstream"])

    def _flow(self, source: Leg, sink: Leg, shape: Shape) -> Flow:
        return Flow(source, sink, shape, exhausted=self.cut, changed=self._changed)

    def flows(self, direction: Direction | None = None) -> tuple[Flow, ...]:
        """The flow of the direction, or both."""
        if direction is None:
            return self.upstream, self.downstream
        return (self.upstream if direction == "upstream" else self.downstream,)

    def reshape(self, change: Change, direction: Direction | None = None) -> None:
        """Change what happens to the bytes of a direction of this connection."""
        for flow in self.flows(direction):
            flow.reshape(change)

    def cut(self, how: Ending = "fin", direction: Direction | None = None) -> None:
        """End the connection, or only what one direction leads to.

        A reset of one direction leaves the other peer in the dark: its connection is half-open.
        """
        if how == "rst":
            self.upstream.mute()
            self.downstream.mute()
        for flow in self.flows(direction):
            flow.cut(how)

    def cut_after(self, n: int, direction: Direction = "downstream", how: Ending = "fin") -> None:
        """End the connection when exactly `n` more bytes have passed in the direction."""
        self.reshape(lambda shape: replace(shape, budget=n, ending=how), direction)

    async def run(self) -> None:
        """Relay until both peers have ended."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for flow in self.flows():
                    tasks.create_task(flow.run())
        finally:
            self.open = False
            # Both at once: whoever cancels this would leave the second one open otherwise.
            for leg in self.legs:
                leg.close()
            for leg in self.legs:
                await leg.closed()
            self._changed()
