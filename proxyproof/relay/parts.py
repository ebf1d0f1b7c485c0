"""What a relay is assembled from. A fault exchanges or adds one part before anything is built."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from proxyproof.assembly import Assembly
from proxyproof.outpost.heads import RequestEdit, ResponseEdit
from proxyproof.outpost.relay import Body, BodyFilter, Relay
from proxyproof.outpost.transfer.message import ResponseHead
from proxyproof.outpost.transfer.tunnel import Tunnel

CUT_AFTER = 0.5
IDLE = 0.08  # less than the heart of the reference origin pauses in a run; in the field: minutes


@dataclass
class Parts(Assembly):
    """The lists and classes of a relay; a good one adds nothing.

    Attributes:
        requests: edits of the request head towards the origin.
        responses: edits of the response head towards the proxy.
        bodies: filters of response bodies.
        relay: carries one exchange.
        tunnel: carries what follows a 101.
        seconds: after which `cuts-after` cuts.
        idle: seconds of silence that a connection is allowed, where a fault counts them.
    """

    requests: list[RequestEdit] = field(default_factory=list)
    responses: list[ResponseEdit] = field(default_factory=list)
    bodies: list[BodyFilter] = field(default_factory=list)
    relay: type[Relay] = Relay
    tunnel: type[Tunnel] = Tunnel
    seconds: float = CUT_AFTER
    idle: float = IDLE

    def alter_bodies(self, change: Callable[[bytes], bytes]) -> None:
        """Add a filter that changes each part of a body by itself, as it comes."""

        async def altered(body: Body, _: ResponseHead) -> AsyncIterator[bytes]:
            async for data in body:
                yield change(data)

        self.bodies.append(altered)


Apply = Callable[[Parts], None]
