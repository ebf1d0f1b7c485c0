"""Messages and parts of a body are cut at 4096 bytes."""

from dataclasses import replace

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.frames import Frame, FrameTunnel
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts

ROOM = 4096


def _truncated(data: bytes) -> bytes:
    return data[:ROOM]


class TruncatesMessages(FrameTunnel):
    """Has room for 4096 bytes of a frame."""

    def passed(self, frame: Frame, source: Channel) -> list[Frame]:
        """Cut data frames."""
        return [replace(frame, payload=_truncated(frame.payload)) if frame.is_data else frame]


@fault(
    "truncates-4k",
    "a relay with a fixed buffer cuts what is longer (Traefik 1.7 class)",
    "FRM-01: traefik#5083, gorilla/websocket#395",
)
def truncates_4k(parts: Parts) -> None:
    """Cut frames and parts."""
    parts.exchange(tunnel=TruncatesMessages)
    parts.alter_bodies(_truncated)
