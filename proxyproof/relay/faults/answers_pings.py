"""Pings are answered in the peer's place."""

from proxyproof.outpost.transfer.frames import PING, PONG, Frame
from proxyproof.relay.fault import fault
from proxyproof.relay.faults.drops_pings import DropsPings
from proxyproof.relay.parts import Parts


class AnswersPings(DropsPings):
    """Answers pings as the library of a terminating proxy does by itself."""

    def answers(self, frame: Frame) -> list[Frame]:
        """Answer a ping."""
        return [frame.answer(PONG, frame.payload)] if frame.opcode == PING else []


@fault(
    "answers-pings",
    "a terminating WebSocket proxy answers pings itself, so that a dead peer looks alive",
    "CLS-03, TMO-10: koding/websocketproxy#43",
)
def answers_pings(parts: Parts) -> None:
    """Answer them."""
    parts.exchange(tunnel=AnswersPings)
