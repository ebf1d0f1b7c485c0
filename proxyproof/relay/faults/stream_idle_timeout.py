"""A connection on which nothing comes from the origin is cut."""

import asyncio
from collections.abc import AsyncIterator

from proxyproof.outpost.relay import Body
from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.message import ResponseHead
from proxyproof.outpost.transfer.tunnel import Tunnel
from proxyproof.outpost.transfer.upstream import UpstreamAborted
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


class ImpatientTunnel(Tunnel):
    """Drops both sides when the origin has been silent for too long."""

    seconds = Parts.idle

    async def deliver(self, data: bytes, source: Channel, sink: Channel) -> None:
        """Pass on, and begin to count anew if it is the origin that speaks."""
        if source is self.origin:
            self._wind()
        await super().deliver(data, source, sink)

    async def run(self) -> None:
        """Copy under the clock."""
        self._clock: asyncio.TimerHandle | None = None
        self._wind()
        try:
            await super().run()
        finally:
            self._stop()

    def _wind(self) -> None:
        self._stop()
        loop = asyncio.get_running_loop()
        self._clock = loop.call_later(self.seconds, self._cut)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()

    def _cut(self) -> None:
        self.client.abort()
        self.origin.abort()


async def _within(seconds: float, body: Body) -> bytes | None:
    """Return the next part of a body, None at its end."""
    try:
        async with asyncio.timeout(seconds):
            return await anext(body, None)
    except TimeoutError:
        raise UpstreamAborted("the origin was silent for too long") from None


@fault(
    "stream-idle-timeout",
    "a CDN, tunnel or load balancer drops what is silent (Cloudflare 100 to 124 s, NLB 350 s)",
    "TMO-06, TMO-01: cloudflare-docs#3405, MeshCentral#2162, aws-load-balancer-controller#1090",
)
def stream_idle_timeout(parts: Parts) -> None:
    """Count silence in bodies and in tunnels."""

    async def impatient(body: Body, _: ResponseHead) -> AsyncIterator[bytes]:
        while (data := await _within(parts.idle, body)) is not None:
            yield data

    class AllowedTunnel(ImpatientTunnel):
        seconds = parts.idle

    parts.exchange(tunnel=AllowedTunnel)
    parts.bodies.append(impatient)
