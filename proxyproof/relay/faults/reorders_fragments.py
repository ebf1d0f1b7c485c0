"""The fragments of a message arrive in another order."""

from dataclasses import replace

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.frames import CONTINUATION, Frame, FrameTunnel
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


class ReordersFragments(FrameTunnel):
    """Swaps the contents of a first fragment and the one after it."""

    def __init__(self, client: Channel, origin: Channel, *, half_close: bool) -> None:
        super().__init__(client, origin, half_close=half_close)
        self._held: dict[int, Frame] = {}

    def passed(self, frame: Frame, source: Channel) -> list[Frame]:
        """Hold a first fragment until the next one has come; control frames pass between."""
        key = id(source)
        if not frame.is_data:
            return [frame]
        if key in self._held:
            first = self._held.pop(key)
            swapped = replace(first, payload=frame.payload)
            return [swapped, replace(frame, payload=first.payload)]
        if frame.opcode != CONTINUATION and not frame.final:
            self._held[key] = frame
            return []
        return [frame]


@fault(
    "reorders-fragments",
    "a relay that reassembles messages loses the order of their fragments",
    "FRM-03: traefik#4446, intent#497",
)
def reorders_fragments(parts: Parts) -> None:
    """Swap fragments."""
    parts.exchange(tunnel=ReordersFragments)
