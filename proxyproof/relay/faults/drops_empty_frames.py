"""Frames without a payload do not arrive."""

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.frames import Frame, FrameTunnel
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


class DropsEmptyFrames(FrameTunnel):
    """Has nothing to write for a frame in which there is nothing."""

    def passed(self, frame: Frame, source: Channel) -> list[Frame]:
        """Drop data frames of no bytes, the last of a message among them."""
        return [] if frame.is_data and not frame.payload else [frame]


@fault(
    "drops-empty-frames",
    "a relay writes what it has read, and of an empty frame it has read nothing",
    "FRM-03: RFC 6455 section 5.4, a fragment may be empty; intent#497",
)
def drops_empty_frames(parts: Parts) -> None:
    """Drop them."""
    parts.exchange(tunnel=DropsEmptyFrames)
