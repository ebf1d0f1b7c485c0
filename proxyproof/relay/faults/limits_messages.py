"""Messages above 64 KiB end the WebSocket."""

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.frames import Frame, FrameTunnel
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts

MOST = 65_536
CLOSE = 0x8
TOO_BIG = (1009).to_bytes(2, "big")


class LimitsMessages(FrameTunnel):
    """Takes frames of 64 KiB at most, as a gateway does that holds messages in memory."""

    def passed(self, frame: Frame, source: Channel) -> list[Frame]:
        """Close the far side in place of a frame that is too big."""
        return [_close(frame.mask)] if self._is_too_big(frame) else [frame]

    def answers(self, frame: Frame) -> list[Frame]:
        """Close the near side too; what goes to the origin is masked."""
        return [_close(b"" if frame.mask else b"\0\0\0\1")] if self._is_too_big(frame) else []

    def _is_too_big(self, frame: Frame) -> bool:
        return frame.is_data and len(frame.payload) > MOST


def _close(mask: bytes) -> Frame:
    return Frame(0x80 | CLOSE, TOO_BIG, mask)


@fault(
    "limits-messages",
    "a gateway closes with 1009 above its default of 64 KiB (Spring Cloud Gateway)",
    "FRM-02: max-frame-payload-length 65536; Java-WebSocket#1466, lua-resty-websocket-proxy#12",
)
def limits_messages(parts: Parts) -> None:
    """Refuse large frames."""
    parts.tunnel = LimitsMessages
