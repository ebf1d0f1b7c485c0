"""Pings are answered in the peer's place."""

from proxyproof.outpost.transfer.frames import Frame
from proxyproof.relay.fault import fault
from proxyproof.relay.faults.drops_pings import PING, DropsPings
from proxyproof.relay.parts import Parts

PONG = 0xA
MASK = b"\x00\x00\x00\x01"


class AnswersPings(DropsPings):
    """Answers pings as the library of a terminating proxy does by itself."""

    def answers(self, frame: Frame) -> list[Frame]:
        """Answer a ping; what goes to the origin is masked, as a client's frames are."""
        if frame.opcode != PING:
            return []
        return [Frame(0x80 | PONG, frame.payload, b"" if frame.mask else MASK)]


@fault(
    "answers-pings",
    "a terminating WebSocket proxy answers pings itself, so that a dead peer looks alive",
    "CLS-03, TMO-10: koding/websocketproxy#43",
)
def answers_pings(parts: Parts) -> None:
    """Answer them."""
    parts.tunnel = AnswersPings
