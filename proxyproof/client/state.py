"""What the user is told about the connection: the status, and every change of it."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from proxyproof.client.policy import TransportName

Status = Literal["connecting", "open", "waiting", "closed", "unauthorized"]


class Change(NamedTuple):
    """One change of the status: monotonic seconds, the new state of things, and why."""

    at: float
    status: Status
    transport: TransportName | None
    reason: str


Listener = Callable[[Change], None]


class State:
    """The status of a stream and its history.

    `closed` before the start and after the end; `connecting` while a connection is being opened;
    `waiting` between two attempts; `unauthorized` is an end: log in, then open a new stream.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._listeners: list[Listener] = []
        self.status: Status = "closed"
        self.transport: TransportName | None = None
        self.history: list[Change] = []

    def listen(self, listener: Listener) -> None:
        """Call `listener` at each change, in the order of registration."""
        self._listeners.append(listener)

    def forget(self, listener: Listener) -> None:
        """Call `listener` no more."""
        self._listeners.remove(listener)

    def to(self, status: Status, transport: TransportName | None, reason: str) -> None:
        """Enter `status`; nothing happens if nothing changed."""
        if self.history and (status, transport) == (self.status, self.transport):
            return
        self.status, self.transport = status, transport
        change = Change(self._clock(), status, transport, reason)
        self.history.append(change)
        for listener in tuple(self._listeners):
            listener(change)
