"""A request that was not answered is sent once more, whatever its method."""

from proxyproof.outpost.relay import Relay
from proxyproof.outpost.transfer.downstream import Exchange
from proxyproof.outpost.transfer.message import Request, ResponseHead
from proxyproof.outpost.transfer.upstream import Address, Upstream, UpstreamError
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


class Insistent(Relay):
    """Asks again when the origin broke off before its response."""

    async def answered(
        self,
        exchange: Exchange,
        request: Request,
        address: Address | None = None,
        *,
        reuse: bool = True,
    ) -> tuple[Upstream, ResponseHead]:
        """Ask, and ask again."""
        try:
            return await super().answered(exchange, request, address, reuse=reuse)
        except UpstreamError:
            return await super().answered(exchange, request, address, reuse=False)


@fault(
    "repeats-request",
    "a load balancer's retry policy holds for POST too, also after the origin has begun to act",
    "REC-08: astron-agent#1584",
)
def repeats_request(parts: Parts) -> None:
    """Ask again."""
    parts.relay = Insistent
