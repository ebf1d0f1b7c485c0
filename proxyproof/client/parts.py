"""What a stream is put together from. A fault of the client replaces one of these parts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from proxyproof.client.decoder import EventStreamDecoder
from proxyproof.client.mailbox import Mailbox
from proxyproof.client.policy import Policy, TransportName
from proxyproof.client.recovery.backoff import Backoff
from proxyproof.client.recovery.position import Position
from proxyproof.client.recovery.route import Route
from proxyproof.client.recovery.rules import Meaning, judge
from proxyproof.client.state import State
from proxyproof.client.supervisor import Supervisor
from proxyproof.client.transport.channel import Transport, Wiring
from proxyproof.client.transport.ending import Ending
from proxyproof.client.transport.sse import EventStreamTransport
from proxyproof.client.transport.target import Fields, Target
from proxyproof.client.transport.watchdog import Watchdog
from proxyproof.client.transport.websocket import WebSocketTransport


@dataclass(frozen=True)
class Parts:
    """How each part of a stream is made; the defaults are the good ones."""

    target: Callable[[str, str | None, Fields], Target] = Target
    decoder: Callable[[str], EventStreamDecoder] = EventStreamDecoder
    watchdog: Callable[[float | None], Watchdog] = Watchdog
    websocket: Callable[[Wiring], Transport] = WebSocketTransport
    sse: Callable[[Wiring], Transport] = EventStreamTransport
    route: Callable[[tuple[TransportName, ...], Policy], Route] = Route
    backoff: Callable[[Policy], Backoff] = Backoff
    position: Callable[[str | None], Position] = Position
    judge: Callable[[Ending], Meaning] = judge
    state: Callable[[Callable[[], float]], State] = State
    mailbox: Callable[[int], Mailbox] = Mailbox
    supervisor: Callable[..., Supervisor] = field(default=Supervisor)

    def transports(self, wiring: Wiring) -> Mapping[TransportName, Transport]:
        """Make both transports."""
        return {"websocket": self.websocket(wiring), "sse": self.sse(wiring)}
