"""Faults in the messages of a stream: the outpost relays frames instead of bytes."""

from dataclasses import replace

from proxyproof.outpost.faults.model import fault
from proxyproof.outpost.parts import Parts
from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.frames import CLOSE, Frame, FrameTunnel


class SwallowsCloseCode(FrameTunnel):
    """Closes with an empty close frame."""

    def passed(self, frame: Frame, source: Channel) -> list[Frame]:
        """Empty close frames."""
        return [replace(frame, payload=b"") if frame.opcode == CLOSE else frame]


@fault("swallows-close-code", "close code and reason are lost: 1005 for 1012", "CLS-01, #26090")
def swallows_close_code(parts: Parts) -> None:
    """Empty the close frames."""
    parts.exchange(tunnel=SwallowsCloseCode)
