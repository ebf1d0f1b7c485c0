"""A stream is cut when its time has come, busy or not."""

import asyncio

from proxyproof.outpost.heads import Context
from proxyproof.outpost.relay import Relay
from proxyproof.outpost.transfer.downstream import Exchange
from proxyproof.outpost.transfer.message import Response
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


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


@fault(
    "cuts-after",
    "a platform or an in-line proxy has a total limit for a response (Oathkeeper 120 s, API "
    "gateways, platforms of 15 to 60 minutes)",
    "TMO-07, TMO-02, TMO-13: oathkeeper#877, gatekeeper#718",
)
def cuts_after(parts: Parts) -> None:
    """Cut after the duration of the timed faults."""
    parts.exchange(relay=CuttingRelay)
