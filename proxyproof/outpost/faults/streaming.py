"""Faults in how a body flows: held back, cut, or ended as it did not end."""

import asyncio
from collections.abc import AsyncIterator

from proxyproof.outpost.faults.model import fault
from proxyproof.outpost.heads import Context
from proxyproof.outpost.parts import Parts
from proxyproof.outpost.relay import Body, Pipeline, Relay
from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.downstream import Exchange
from proxyproof.outpost.transfer.message import Response, ResponseHead
from proxyproof.outpost.transfer.tunnel import Tunnel
from proxyproof.outpost.transfer.upstream import Upstream


async def _whole(body: Body, _: ResponseHead) -> AsyncIterator[bytes]:
    yield b"".join([data async for data in body])


@fault("buffers-all", "a response is collected until it is complete", "BUF-01, BUF-07")
def buffers_all(parts: Parts) -> None:
    """Collect the body."""
    parts.bodies.append(_whole)


async def _in_blocks(body: Body, _: ResponseHead) -> AsyncIterator[bytes]:
    held = b""
    async for data in body:
        held += data
        full = len(held) // 4096 * 4096
        if full:
            yield held[:full]
            held = held[full:]
    yield held


@fault("buffers-4k", "bytes are held until 4096 of them are there", "BUF-01, BUF-02")
def buffers_4k(parts: Parts) -> None:
    """Send full blocks."""
    parts.bodies.append(_in_blocks)


class HeldHead(Relay):
    """Sends the head with the first byte of the body."""

    async def begin(self, exchange: Exchange, head: ResponseHead, body: Body) -> Body:
        """Wait for the body, then send the head."""
        first = await anext(aiter(body), b"")
        await exchange.start(head)

        async def rest() -> AsyncIterator[bytes]:
            yield first
            async for data in body:
                yield data

        return rest()


@fault("holds-headers", "the response head waits for the first byte of the body", "BUF-05")
def holds_headers(parts: Parts) -> None:
    """Hold the head."""
    parts.exchange(relay=HeldHead)


@fault("swallows-abort", "an abort of the origin looks like the end of the stream", "4.1, CLS-04")
def swallows_abort(parts: Parts) -> None:
    """End cleanly, as the Go outpost does."""
    parts.set_quirks(swallows_abort=True)


@fault("write-deadline", "an ordinary response is cut at a deadline, busy or not", "4.1, #17858")
def write_deadline(parts: Parts) -> None:
    """Set the deadline to the duration of the timed faults."""
    parts.set_quirks(write_deadline_seconds=parts.settings.fault_seconds)


class CuttingRelay(Relay):
    """Cuts whatever flows, tunnels included."""

    async def carry(self, exchange: Exchange, context: Context) -> Response | None:
        """Drop the connection when its time has come."""
        loop = asyncio.get_running_loop()
        cut = loop.call_later(self.pipeline.fault_seconds, exchange.channel.abort)
        try:
            return await super().carry(exchange, context)
        finally:
            cut.cancel()


@fault("cuts-after", "a stream is cut after a time, busy or not", "TMO-02, TMO-13")
def cuts_after(parts: Parts) -> None:
    """Cut after the duration of the timed faults."""
    parts.exchange(relay=CuttingRelay)


class OneSidedTunnel(Tunnel):
    """Does not tell the origin that the client has gone."""

    def ended(self, source: Channel, sink: Channel) -> None:
        """Tell the client of the origin's end, but not the other way round."""
        if source is self.origin:
            super().ended(source, sink)

    def finish(self) -> None:
        """Close the client's side alone."""
        self.client.close()


class OrphaningRelay(Relay):
    """Goes on reading from the origin when nobody listens any more."""

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__(pipeline)
        self._orphans: dict[asyncio.Task[None], Channel] = {}

    def leave(self, upstream: Upstream) -> None:
        """Keep the connection of a client that has gone."""
        if upstream.finished or upstream.channel.gone:
            super().leave(upstream)
            return
        task = asyncio.create_task(_drain(upstream.channel))
        self._orphans[task] = upstream.channel
        task.add_done_callback(self._orphans.pop)

    def close(self) -> None:
        """Drop the orphans with everything else."""
        for channel in self._orphans.values():
            channel.abort()
        super().close()


async def _drain(channel: Channel) -> None:
    try:
        while await channel.read():
            pass
    except OSError:
        pass  # the origin broke off: nobody is there to be told
    channel.close()


@fault("orphans-upstream", "the origin is not told that the client has gone", "CON-05")
def orphans_upstream(parts: Parts) -> None:
    """Keep the upstream connection."""
    parts.exchange(relay=OrphaningRelay, tunnel=OneSidedTunnel)
