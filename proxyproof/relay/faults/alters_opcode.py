"""Text messages arrive as binary ones."""

from dataclasses import replace

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.frames import BINARY, TEXT, Frame, FrameTunnel
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


class AltersOpcode(FrameTunnel):
    """Sends text messages on as binary ones."""

    def passed(self, frame: Frame, source: Channel) -> list[Frame]:
        """Turn text into binary."""
        if frame.opcode != TEXT:
            return [frame]
        return [replace(frame, first=frame.first & 0xF0 | BINARY)]


@fault(
    "alters-opcode",
    "a terminating relay sends every message on as a binary one",
    "FRM-05: OpenSandbox#1642",
)
def alters_opcode(parts: Parts) -> None:
    """Alter the opcode."""
    parts.exchange(tunnel=AltersOpcode)
