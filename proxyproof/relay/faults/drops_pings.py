"""Pings are kept from the peer."""

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.frames import PING, Frame, FrameTunnel
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


class DropsPings(FrameTunnel):
    """Keeps pings to itself."""

    def passed(self, frame: Frame, source: Channel) -> list[Frame]:
        """Drop pings."""
        return [] if frame.opcode == PING else [frame]


@fault(
    "drops-pings",
    "a terminating WebSocket proxy does not relay pings (old oxy and Traefik 1.x)",
    "CLS-03, TMO-09: oxy#150, jupyter-server-proxy#31",
)
def drops_pings(parts: Parts) -> None:
    """Drop them."""
    parts.exchange(tunnel=DropsPings)
