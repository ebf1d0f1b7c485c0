"""An upgrade is forbidden, whoever asks for it."""

from proxyproof.outpost.heads import Context
from proxyproof.outpost.relay import Relay
from proxyproof.outpost.transfer.downstream import Exchange
from proxyproof.outpost.transfer.message import Response
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


class Forbidding(Relay):
    """Takes an upgrade for the work of a robot."""

    async def forward(self, exchange: Exchange, context: Context) -> Response | None:
        """Refuse upgrades without a word; the origin sees nothing of them."""
        return Response(403) if context.upgrade else await super().forward(exchange, context)


@fault(
    "edge-blocks-upgrade",
    "bot protection, or WebSockets switched off for the zone of a CDN: 403 with an empty body",
    "AUT-14: cloudflare-docs#31885, #3405",
)
def edge_blocks_upgrade(parts: Parts) -> None:
    """Forbid upgrades."""
    parts.exchange(relay=Forbidding)
