"""The origin is not told that the client has gone."""

import asyncio

from proxyproof.outpost.relay import Pipeline, Relay
from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.tunnel import Tunnel
from proxyproof.outpost.transfer.upstream import Upstream
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


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


@fault(
    "orphans-upstream",
    "a tunnel or an HTTP/2 front keeps reading from the origin when the client has gone",
    "CON-05, TMO-10, TMO-12: mod_h2#232, Antigravity-Manager#3367, hermes-webui#7139",
)
def orphans_upstream(parts: Parts) -> None:
    """Keep the upstream connection."""
    parts.exchange(relay=OrphaningRelay, tunnel=OneSidedTunnel)
