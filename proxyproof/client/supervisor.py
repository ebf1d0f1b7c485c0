"""Keeps the stream alive: one connection after the other, never two at a time."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from proxyproof.client.mailbox import Mailbox
from proxyproof.client.message import Batch, Message
from proxyproof.client.policy import Policy, TransportName
from proxyproof.client.recovery.backoff import Backoff
from proxyproof.client.recovery.position import Position
from proxyproof.client.recovery.route import Route, Step
from proxyproof.client.recovery.rules import Meaning
from proxyproof.client.state import State
from proxyproof.client.transport.channel import Channel, Transport
from proxyproof.client.transport.ending import Cause, Ended, Ending
from proxyproof.client.transport.target import Target


@dataclass(kw_only=True)
class Supervisor:
    """Opens, reads, judges the end, waits, and opens again.

    Attributes:
        connections: how many attempts to connect were made.
        http_version: of the newest connection that was open; None before there was one.
        endings: how each connection ended, in order.
    """

    policy: Policy
    target: Target
    transports: Mapping[TransportName, Transport]
    route: Route
    backoff: Backoff
    position: Position
    state: State
    mailbox: Mailbox
    judge: Callable[[Ending], Meaning]
    connections: int = 0
    http_version: str | None = None
    endings: list[Ending] = field(default_factory=list)

    async def run(self) -> None:
        """Keep the stream until it is closed for good."""
        reason = "start"
        while True:
            ending = await self.attempt(reason)
            self.endings.append(ending)
            step = self._conclude(ending)
            if step.final is not None:
                self.state.to(step.final, ending.transport, ending.detail)
                return
            if not step.at_once:
                await self._wait(ending)
            reason = ending.detail

    async def attempt(self, reason: str) -> Ending:
        """Make one connection and live through it."""
        self.route.before_attempt(self.policy.clock())
        name = self.route.transport
        self.state.to("connecting", name, reason)
        self.connections += 1
        request = self.target.request(name, self.position.resume_from)
        try:
            channel = await self.transports[name].open(request)
        except Ended as ended:
            return ended.ending
        self.http_version = channel.http_version
        self.state.to("open", name, "connected")
        self.backoff.opened()
        self.route.opened()
        try:
            return await self._live(name, channel)
        finally:
            await channel.close()

    async def _live(self, name: TransportName, channel: Channel) -> Ending:
        opened_at, reads, events = self.policy.clock(), 0, 0
        try:
            async with asyncio.timeout(self._until_return()):
                while True:
                    batch = await channel.receive()
                    reads, events = reads + 1, events + len(batch.messages)
                    await self._take(batch)
        except Ended as ended:
            ending = ended.ending
        except TimeoutError:
            detail = "closed by the client: WebSocket is tried again"
            ending = Ending(transport=name, cause=Cause.REPLACED, detail=detail)
        open_for = self.policy.clock() - opened_at
        return replace(ending, open_for=open_for, reads=reads, events=events)

    def _until_return(self) -> float | None:
        if self.route.return_at is None:
            return None
        return max(0.0, self.route.return_at - self.policy.clock())

    async def _take(self, batch: Batch) -> None:
        if batch.retry is not None:
            self.backoff.retry(batch.retry)
        for message in batch.messages:
            await self.deliver(message)
        self.position.received(batch.position)

    async def deliver(self, message: Message) -> None:
        """Hand an event over; only then the next connection resumes after it."""
        await self.mailbox.put(message.event)
        self.position.received(message.position)

    def _conclude(self, ending: Ending) -> Step:
        before = self.route.transport
        self.backoff.ended(ending.open_for or 0.0)
        step = self.route.ended(ending, self.judge(ending), self.policy.clock())
        if self.route.transport != before:
            self.position.switched()
        return step

    async def _wait(self, ending: Ending) -> None:
        self.state.to("waiting", self.route.transport, ending.detail)
        event_stream = ending.transport == "sse"
        await self.policy.sleep(self.backoff.wait(ending.retry_after, event_stream=event_stream))
