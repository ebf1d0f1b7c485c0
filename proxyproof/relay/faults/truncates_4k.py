"""Messages and parts of a body are cut at 4096 bytes."""

from collections.abc import AsyncIterator
from dataclasses import replace

from proxyproof.outpost.relay import Body
from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.frames import Frame, FrameTunnel
from proxyproof.outpost.transfer.message import ResponseHead
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts

ROOM = 4096


class TruncatesMessages(FrameTunnel):
    """Has room for 4096 bytes of a frame."""

    def passed(self, frame: Frame, source: Channel) -> list[Frame]:
        """Cut data frames."""
        return [replace(frame, payload=frame.payload[:ROOM]) if frame.is_data else frame]


async def _truncated(body: Body, _: ResponseHead) -> AsyncIterator[bytes]:
    async for data in body:
        yield data[:ROOM]


@fault(
    "truncates-4k",
    "a relay with a fixed buffer cuts what is longer (Traefik 1.7 class)",
    "FRM-01: traefik#5083, gorilla/websocket#395",
)
def truncates_4k(parts: Parts) -> None:
    """Cut frames and parts."""
    parts.tunnel = TruncatesMessages
    parts.bodies.append(_truncated)
