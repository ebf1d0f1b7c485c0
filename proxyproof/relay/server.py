"""The relay itself: it listens for a proxy and carries what comes to the origin."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Self

from proxyproof.outpost.gate import Granted
from proxyproof.outpost.heads import Context
from proxyproof.outpost.profiles import Profile
from proxyproof.outpost.relay import Pipeline
from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.downstream import Connection, Exchange, Limits
from proxyproof.outpost.transfer.upstream import Address
from proxyproof.relay.faults import FAULTS
from proxyproof.relay.parts import Parts

BACKLOG = 1024
# A hop that is no gate: it judges nobody, and its own limits are never what a case notices.
TRANSPARENT = Profile(name="relay", powered_by_everywhere=False)


class FaultyRelay:
    """One relay before one origin; an asynchronous context manager.

    Attributes:
        port: where it listens, known once started.

    Raises:
        ValueError: there is no such fault, or two of them exchange the same part.
    """

    def __init__(
        self, target: tuple[str, int], faults: Iterable[str] = (), parts: Parts | None = None
    ) -> None:
        parts = parts or Parts()
        for name in faults:
            if name not in FAULTS:
                raise ValueError(f"unknown fault {name!r}: known are {', '.join(FAULTS)}")
            FAULTS[name].apply(parts)
        self.port = 0
        self._relay = parts.relay(_pipeline(target, parts))
        self._server: asyncio.Server | None = None
        self._tasks: dict[asyncio.Task[None], Channel] = {}

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen.

        Raises:
            OSError: the address is taken or not ours.
        """
        make = partial(Channel, self._accept)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(make, host, port, backlog=BACKLOG)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        if self._server is not None:
            self._server.close()
        for task, channel in list(self._tasks.items()):
            task.cancel()
            channel.abort()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._relay.close()

    def _accept(self, channel: Channel) -> None:
        task = asyncio.create_task(Connection(channel, self._carry, Limits()).serve())
        self._tasks[task] = channel
        task.add_done_callback(self._tasks.pop)

    async def _carry(self, exchange: Exchange) -> None:
        request = exchange.request
        upgrade = request.asks_for(TRANSPARENT.tunnelled) and not exchange.has_body
        context = Context(request, Granted(None), upgrade)
        if (own := await self._relay.carry(exchange, context)) is not None:
            await exchange.answer(own)


def _pipeline(target: tuple[str, int], parts: Parts) -> Pipeline:
    def elsewhere(url: str) -> Address:
        return Address.of(url, None)

    return Pipeline(
        TRANSPARENT,
        Address(*target),
        elsewhere,
        parts.requests,
        parts.responses,
        parts.bodies,
        parts.tunnel,
        fault_seconds=parts.seconds,
    )
