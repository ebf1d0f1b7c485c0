"""Faults of the filter and the audience: a stream carries what it must not, or less."""

from dataclasses import replace

from proxyproof.events import Event, Selection
from proxyproof.events.selection import covers, permits
from proxyproof.origin.faults.fault import Fault
from proxyproof.origin.gate.filter import check_filter, read_filter
from proxyproof.origin.head import RequestHead
from proxyproof.origin.parts import Parts
from proxyproof.origin.problem import Problem
from proxyproof.origin.stream.commands import Command, Commands
from proxyproof.origin.stream.sse import EventStream
from proxyproof.origin.stream.websocket import WebSocketStream


class _LooksAtAll(Selection):
    @property
    def index(self) -> frozenset[str] | None:
        return None


class _LeaksFilter(_LooksAtAll):
    def passes(self, event: Event) -> bool:
        return permits(self.user, event)


class _LeaksFilterInReplay(Selection):
    def passes_in_replay(self, event: Event) -> bool:
        return permits(self.user, event)


class _LeaksAudience(Selection):
    def passes(self, event: Event) -> bool:
        return covers(self.loops, event)

    def passes_in_replay(self, event: Event) -> bool:
        return covers(self.loops, event)


class _PrefixFilter(_LooksAtAll):
    def passes(self, event: Event) -> bool:
        return self._starts_alike(event) and permits(self.user, event)

    def passes_in_replay(self, event: Event) -> bool:
        return self.passes(event)

    def _starts_alike(self, event: Event) -> bool:
        if self.loops is None or event.loop_id is None:
            return True
        return event.loop_id.startswith(tuple(self.loops))


class _DropsUnfiltered(Selection):
    def passes(self, event: Event) -> bool:
        return covers(self.loops or frozenset(), event) and permits(self.user, event)

    def passes_in_replay(self, event: Event) -> bool:
        return self.passes(event)


class _DropsOnSubscribe(Commands):
    def subscribe(self, stream: WebSocketStream, command: Command) -> None:
        loop_id = check_filter(command.get("loopId"))
        self._fanout.move(stream, replace(stream.selection, loops=frozenset({loop_id})))
        self._confirm(stream, "subscribed", loop_id)


class _UngatedEventStream(EventStream):
    """Carries events of every audience, as an endpoint does that an older check protects."""

    @property
    def selection(self) -> Selection:
        return _LeaksAudience(self.seat.selection.loops, self.seat.selection.user)

    @selection.setter
    def selection(self, selection: Selection) -> None:
        """What the stream was given is not what it uses."""


def _widening(head: RequestHead) -> str | None:
    try:
        return read_filter(head)
    except Problem:
        return None


def _leaks_filter(parts: Parts) -> None:
    parts.selection = _LeaksFilter


def _leaks_filter_in_replay(parts: Parts) -> None:
    parts.selection = _LeaksFilterInReplay


def _leaks_audience(parts: Parts) -> None:
    parts.selection = _LeaksAudience


def _prefix_filter(parts: Parts) -> None:
    parts.selection = _PrefixFilter


def _drops_unfiltered(parts: Parts) -> None:
    parts.selection = _DropsUnfiltered


def _drops_on_subscribe(parts: Parts) -> None:
    parts.commands = _DropsOnSubscribe


def _widens(parts: Parts) -> None:
    parts.read_filter = _widening


def _fallback_ungated(parts: Parts) -> None:
    parts.event_stream = _UngatedEventStream


FAULTS = (
    Fault(
        "leaks-filter",
        "live events of every loop reach a stream that asked for one",
        "filtering left to the client",
        _leaks_filter,
    ),
    Fault(
        "leaks-filter-in-replay",
        "the filter holds for live events, not for those out of the log",
        "replay added later than the filter: SEC-09",
        _leaks_filter_in_replay,
    ),
    Fault(
        "leaks-audience",
        "events of a private loop reach every user",
        "no check between the log and the socket: SEC-08",
        _leaks_audience,
    ),
    Fault(
        "prefix-filter",
        "a filter for loop 'a' lets 'a1' pass",
        "a topic match instead of a comparison",
        _prefix_filter,
    ),
    Fault(
        "drops-unfiltered",
        "a stream without a filter gets no event that belongs to a loop",
        "no filter taken for an empty one",
        _drops_unfiltered,
    ),
    Fault(
        "drops-on-subscribe",
        "subscribing to a loop ends the subscriptions there were",
        "a subscription held as one value instead of a set",
        _drops_on_subscribe,
    ),
    Fault(
        "widens-empty-filter",
        "an empty or malformed filter is taken for none",
        "`if loop_id:` in the handler",
        _widens,
    ),
    Fault(
        "fallback-ungated",
        "event streams carry the events of every audience, WebSockets do not",
        "an old endpoint that was left behind: FLB-03",
        _fallback_ungated,
    ),
)
