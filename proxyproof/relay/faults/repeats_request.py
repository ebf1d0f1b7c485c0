"""A request that was not answered is sent once more, whatever its method."""

from proxyproof.outpost.relay import Relay
from proxyproof.outpost.transfer.downstream import Exchange
from proxyproof.outpost.transfer.message import Request
from proxyproof.outpost.transfer.upstream import Address, Upstream
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


class Insistent(Relay):
    """Asks again when the origin broke off before its response."""

    def may_repeat(self, upstream: Upstream, exchange: Exchange, request: Request) -> bool:
        """Repeat whatever it was."""
        return True

    async def connect(self, address: Address | None = None, *, reuse: bool) -> Upstream:
        """Never keep a connection: one that was closed meanwhile would use the repetition up."""
        return await super().connect(address, reuse=False)


@fault(
    "repeats-request",
    "a load balancer's retry policy holds for POST too, also after the origin has begun to act",
    "REC-08: astron-agent#1584",
)
def repeats_request(parts: Parts) -> None:
    """Ask again."""
    parts.exchange(relay=Insistent)
