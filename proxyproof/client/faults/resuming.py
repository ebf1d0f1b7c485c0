"""Mistakes in resuming: what the client remembers from one connection to the next."""

from dataclasses import replace

from proxyproof.client.faults.model import Fault
from proxyproof.client.message import Message
from proxyproof.client.policy import TransportName
from proxyproof.client.recovery.position import Position
from proxyproof.client.supervisor import Supervisor
from proxyproof.client.transport.ending import Ending
from proxyproof.client.transport.target import Request, Target


class NeverResumes(Position):
    """Never says what it has: each connection starts from now."""

    @property
    def resume_from(self) -> str | None:
        """Nothing, ever."""
        return None


class ForgetsLastId(Position):
    """Makes each connection as it made the first."""

    def received(self, event_id: str | None) -> None:
        """Take no notice."""


class ForgetsIdOnSwitch(Position):
    """Takes the ids of one transport for worthless on the other."""

    def switched(self) -> None:
        """Forget the position."""
        self._value = None


class DuplicatesOnResume(Position):
    """Is one event behind: it notes the id of the event before."""

    _newest: str | None = None

    def received(self, event_id: str | None) -> None:
        """Note the position before this one."""
        if event_id is None or event_id == self._newest:
            return
        if self._newest:
            self._value = self._newest
        self._newest = event_id


class SkipsOnResume(Supervisor):
    """Takes the first event after resuming for the one that it has already."""

    _skip = False

    async def attempt(self, reason: str) -> Ending:
        """Connect, ready to drop the first event if it resumes."""
        self._skip = bool(self.connections and self.position.resume_from)
        return await super().attempt(reason)

    async def deliver(self, message: Message) -> None:
        """Hand an event over, unless it is the first after resuming."""
        if self._skip:
            self._skip = False
            return
        await super().deliver(message)


class ForgetsFilter(Target):
    """Asks for its loop at first, and for everything when it comes back."""

    def request(self, transport: TransportName, last_event_id: str | None) -> Request:
        """Say what to ask for, and lose the filter."""
        request = super().request(transport, last_event_id)
        self.loop_id = None
        return request


FAULTS = (
    Fault(
        "never-resumes",
        "no connection says which event was the last one",
        "SSE-04, REC-02: EventSource/eventsource#27, dotnet-eventsource#53",
        lambda parts: replace(parts, position=NeverResumes),
    ),
    Fault(
        "forgets-last-id",
        "a reconnection asks for what the first connection asked for",
        "SSE-04: htmx-extensions#184 (a wrapper that makes a new object)",
        lambda parts: replace(parts, position=ForgetsLastId),
    ),
    Fault(
        "forgets-id-on-switch",
        "the position is lost when the transport changes",
        "FLB-04: agent-dashboard#7 (ids not shared between transports)",
        lambda parts: replace(parts, position=ForgetsIdOnSwitch),
    ),
    Fault(
        "duplicates-on-resume",
        "resumes after the last event but one, so that one arrives twice",
        "REC-01: htmx-extensions#184, hermes-webui#7139",
        lambda parts: replace(parts, position=DuplicatesOnResume),
    ),
    Fault(
        "skips-on-resume",
        "drops the first event after resuming, as if the last one were sent again",
        "REC-02: resume id off by one (akka-sse#132, WaveHouse#226)",
        lambda parts: replace(parts, supervisor=SkipsOnResume),
    ),
    Fault(
        "forgets-filter",
        "a reconnection asks for the events of all loops",
        "SEC-09: options of the first connection not kept by reconnecting wrappers",
        lambda parts: replace(parts, target=ForgetsFilter),
    ),
)
