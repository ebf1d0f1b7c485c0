"""Steady traffic: somebody publishes, listeners stay for the whole time, visitors come and go."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import httpx

from fixtures.streams import StreamEnded
from proxyproof.client import EventStream
from proxyproof.client.policy import Wanted
from tests.soak.account import Account
from tests.soak.ground import Ground

TRANSPORTS: tuple[Wanted, ...] = ("websocket", "sse", "auto")
SHORT = ("websocket", "sse")
MISHAPS = (AssertionError, StreamEnded, httpx.HTTPError, OSError, EOFError)


@dataclass
class Listener:
    """Follows one loop for the whole time, and logs in again whenever its session is over."""

    ground: Ground
    user: str
    transport: Wanted
    loop: str
    account: Account

    async def listen(self) -> None:
        """Listen until cancelled."""
        after = self.account.due[0]
        while True:
            client = await self.ground.client(self.user)
            stream = EventStream(
                client.way.url + client.target("/"),
                self.transport,
                self.loop,
                after,
                headers=client.identity,
                ssl=client.tls,
                connect_to=client.way.dial,
                policy=client.policy,
                faults=self.ground.deployment.fault_of("client"),
            )
            try:
                await self._follow(stream)
            finally:
                self.ground.count("connections of listeners", stream.connections)
            self.ground.count(f"listeners ended {stream.status}")
            after = stream.last_event_id or after

    async def _follow(self, stream: EventStream) -> None:
        async with stream:
            async for event in stream:
                self.account.take(event)
                self.ground.count("messages received")


async def publish(ground: Ground, loops: Sequence[str], every: float) -> None:
    """Let something happen to each loop in turn, every so many seconds, until cancelled."""
    number = 0
    while True:
        await ground.origin.publish(loops[number % len(loops)], number=number)
        number += 1
        await asyncio.sleep(every)


async def visit(ground: Ground, every: float) -> None:
    """Ask for something, open a stream and leave, again and again, until cancelled."""
    client, number = await ground.client("visitor"), 0
    while True:
        try:
            answer = await client.get("/api/whoami")
            ground.count(f"requests answered {answer.status_code}")
            if answer.status_code != 200:
                client = await ground.client("visitor")
            async with client.stream(SHORT[number % 2]):
                ground.count("short streams")
        except MISHAPS:  # trouble is what they meet here
            ground.count("visits in vain")
        number += 1
        await asyncio.sleep(every)


@contextlib.asynccontextmanager
async def gone_in_the_end(tasks: Sequence[asyncio.Task[None]]) -> AsyncIterator[None]:
    """Cancel them at the end, and see them gone."""
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
