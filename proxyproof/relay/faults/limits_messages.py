"""Messages above 64 KiB end the WebSocket."""

from dataclasses import replace

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.frames import CLOSE, FINAL, Frame, FrameTunnel
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts

MOST = 65_536
TOO_BIG = (1009).to_bytes(2, "big")


class LimitsMessages(FrameTunnel):
    """Takes frames of 64 KiB at most, as a gateway does that holds messages in memory."""

    def passed(self, frame: Frame, source: Channel) -> list[Frame]:
        """Close the far side in place of a frame that is too big."""
        if not self._is_too_big(frame):
            return [frame]
        return [replace(frame, first=FINAL | CLOSE, payload=TOO_BIG)]

    def answers(self, frame: Frame) -> list[Frame]:
        """Close the near side too."""
        return [frame.answer(CLOSE, TOO_BIG)] if self._is_too_big(frame) else []

    def _is_too_big(self, frame: Frame) -> bool:
        return frame.is_data and len(frame.payload) > MOST


@fault(
    "limits-messages",
    "a gateway closes with 1009 above its default of 64 KiB (Spring Cloud Gateway)",
    "FRM-02: max-frame-payload-length 65536; Java-WebSocket#1466, lua-resty-websocket-proxy#12",
)
def limits_messages(parts: Parts) -> None:
    """Refuse large frames."""
    parts.exchange(tunnel=LimitsMessages)
