"""Which transport comes next: the rules of falling back and of returning."""

from dataclasses import dataclass

from proxyproof.client.policy import Policy, TransportName
from proxyproof.client.recovery.rules import Meaning
from proxyproof.client.state import Status
from proxyproof.client.transport.ending import Cause, Ending


@dataclass(frozen=True)
class Step:
    """What to do after an ending.

    `final` is the status to end in, None to go on. `at_once` is for a change of transport that
    the client planned itself: there is nothing to wait for.
    """

    final: Status | None = None
    at_once: bool = False


# RFC 6455 7.4 registry: service restart, try again later. Neither speaks against WebSocket.
_COME_BACK = (1012, 1013)

GO_ON = Step()
AT_ONCE = Step(at_once=True)
CLOSED = Step(final="closed")
LOG_IN = Step(final="unauthorized")


class Route:
    """The transport in use, and the next one.

    With two transports WebSocket comes first. The event stream replaces it when the upgrade is
    refused or not answered, when the connection ends before anything came, when it dies several
    times in a row, or when the origin withdraws it. Some time later WebSocket is tried again: the
    event stream is closed first, so that there is one connection at a time, always.

    Args:
        transports: what leads to the target, the preferred one first; one or two.
        policy: the bounds.
    """

    def __init__(self, transports: tuple[TransportName, ...], policy: Policy) -> None:
        self._transports = transports
        self._policy = policy
        self._deaths = 0
        self._vain_returns = 0
        self._returning = False
        self._tried_fallback = False
        self._was_open: set[TransportName] = set()
        self.transport = transports[0]
        self.return_at: float | None = None

    def opened(self) -> None:
        """Take note that the present transport is open."""
        self._was_open.add(self.transport)

    def before_attempt(self, now: float) -> None:
        """Return to WebSocket if its time has come, at monotonic second `now`.

        Not before the event stream was tried: after a long wait it would never have its turn.
        """
        if self._tried_fallback and self.return_at is not None and now >= self.return_at:
            self._return()
        self._tried_fallback = self.transport == "sse"

    def ended(self, ending: Ending, meaning: Meaning, now: float) -> Step:
        """Take an ending at monotonic second `now` and say how to go on."""
        if ending.cause is Cause.REPLACED:
            self._return()
            return AT_ONCE
        if meaning is Meaning.UNAUTHORIZED:
            return LOG_IN
        if meaning is Meaning.FINAL:
            return CLOSED
        if len(self._transports) == 1:
            return self._without_choice(ending, meaning)
        if self.transport == "websocket":
            return self._after_websocket(ending, meaning, now)
        return self._after_event_stream(meaning)

    def _without_choice(self, ending: Ending, meaning: Meaning) -> Step:
        if meaning is Meaning.TEMPORARY or _may_be_outage(ending):
            return GO_ON
        return LOG_IN if meaning is Meaning.FORBIDDEN else CLOSED

    def _after_websocket(self, ending: Ending, meaning: Meaning, now: float) -> Step:
        self._count(ending)
        if meaning is not Meaning.TEMPORARY or self._is_hopeless(ending):
            self._fall_back(now)
        return GO_ON

    def _after_event_stream(self, meaning: Meaning) -> Step:
        if meaning is Meaning.FORBIDDEN:
            return LOG_IN
        if meaning is Meaning.WITHDRAWN:
            self._return()
        elif meaning is Meaning.UNSUITED:
            # The fallback is refused for good. A WebSocket that once worked is the better hope.
            if "websocket" not in self._was_open:
                return CLOSED
            self._return()
        return GO_ON

    def _count(self, ending: Ending) -> None:
        if ending.reads and (ending.open_for or 0.0) >= self._policy.stable_seconds:
            self._deaths = self._vain_returns = 0
            self._returning = False
        # Nobody there: that says nothing about WebSocket.
        elif ending.cause is not Cause.UNREACHABLE:
            self._deaths += 1

    def _is_hopeless(self, ending: Ending) -> bool:
        many = self._deaths >= self._policy.websocket_deaths
        return many or self._returning or self._is_stillborn(ending)

    def _is_stillborn(self, ending: Ending) -> bool:
        """Whether the upgrade was accepted for nothing; a greeting alone is no stream."""
        if ending.open_for is None or ending.code in _COME_BACK:
            return False
        at_once = ending.cause is Cause.CLOSED and ending.open_for < self._policy.at_once_seconds
        return not ending.reads or (at_once and not ending.events)

    def _fall_back(self, now: float) -> None:
        if self._returning:
            self._vain_returns += 1
        longest = self._policy.return_seconds * 2.0 ** min(self._vain_returns, 64)
        longest = min(longest, max(self._policy.return_cap, self._policy.return_seconds))
        self.return_at = now + longest * (1 - self._policy.random() / 2)
        self._deaths, self._returning = 0, False
        self.transport = "sse"

    def _return(self) -> None:
        self.return_at = None
        self._deaths, self._returning = 0, True
        self.transport = "websocket"


def _may_be_outage(ending: Ending) -> bool:
    """Whether another transport would be the better choice, but the same may work later, too.

    A gateway says 502 to an upgrade that it cannot pass on, and while the origin restarts.
    """
    return ending.status == 502 or ending.cause is Cause.TIMEOUT
