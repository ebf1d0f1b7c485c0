"""What comes in the segment of the 101 is lost."""

from proxyproof.outpost.relay import Relay
from proxyproof.outpost.transfer.upstream import Upstream
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


class ForgetfulRelay(Relay):
    """Reads the 101 with a buffer of its own and throws the rest of it away."""

    def behind(self, upstream: Upstream) -> bytes:
        """Forget what came in the same segment."""
        return b""


@fault(
    "loses-bytes-after-101",
    "a hop reads the 101 with a buffer and forgets what else is in it (Traefik 1.x)",
    "HDR-12: traefik#2629",
)
def loses_bytes_after_101(parts: Parts) -> None:
    """Lose the bytes."""
    parts.exchange(relay=ForgetfulRelay)
