"""Text that is no UTF-8 is made into some."""

from dataclasses import replace

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.frames import TEXT, Frame, FrameTunnel
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


class RepairsText(FrameTunnel):
    """Puts a replacement character where bytes mean nothing."""

    def passed(self, frame: Frame, source: Channel) -> list[Frame]:
        """Repair text."""
        if frame.opcode != TEXT:
            return [frame]
        return [replace(frame, payload=frame.payload.decode(errors="replace").encode())]


@fault(
    "repairs-utf8",
    "a relay that holds messages as strings of its language replaces what it cannot read",
    "FRM-05, SSE-07: RFC 6455 section 8.1",
)
def repairs_utf8(parts: Parts) -> None:
    """Repair it."""
    parts.exchange(tunnel=RepairsText)
