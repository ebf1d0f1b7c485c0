"""Faults of resuming: events are lost, repeated, or their loss is not told."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from proxyproof.events import Event, EventId, EventLog, Gap, MemoryLog
from proxyproof.origin.faults.fault import Fault
from proxyproof.origin.parts import Parts
from proxyproof.origin.stream.codec import blocks
from proxyproof.origin.stream.fanout import Fanout
from proxyproof.origin.stream.replay import Replay, Start
from proxyproof.origin.stream.stream import Stream


class _NeverResumes(Replay):
    def begin(self, last_id: str | None) -> Start:
        del last_id
        return super().begin(None)


class _RemembersChosen(Replay):
    """Keeps, for each stream, the last event that was replayed to it."""

    def __init__(self, log: EventLog, fanout: Fanout, page: int) -> None:
        super().__init__(log, fanout, page)
        self._chosen: WeakKeyDictionary[Stream, Event] = WeakKeyDictionary()

    def chosen(self, stream: Stream, page: Sequence[Event]) -> Sequence[Event]:
        events = super().chosen(stream, page)
        if events:
            self._chosen[stream] = events[-1]
        return events


class _SkipsOnResume(_RemembersChosen):
    def chosen(self, stream: Stream, page: Sequence[Event]) -> Sequence[Event]:
        is_first = stream not in self._chosen
        events = super().chosen(stream, page)
        return events[1:] if is_first else events


class _RedeliversOnSwitch(_RemembersChosen):
    def switch(self, stream: Stream, last: Event | None) -> None:
        if stream in self._chosen:
            for block in blocks(stream.codec, [self._chosen[stream]]):
                stream.deliver(block)
        super().switch(stream, last)


class _DuplicatesOnResume(Replay):
    def begin(self, last_id: str | None) -> Start:
        start = super().begin(last_id)
        if last_id is None or start.gap is not None:
            return start
        seen = EventId.parse(start.cursor)
        before = str(EventId(seen.epoch, max(seen.sequence - 1, 0)))
        return start if isinstance(self._log.after(before, 1), Gap) else Start(before)


class _SilentGap(Replay):
    def begin(self, last_id: str | None) -> Start:
        return Start(super().begin(last_id).cursor)

    def announce(self, stream: Stream, start: Start) -> None:
        """Say nothing."""


class _FrozenEpoch(MemoryLog):
    def _is_of_this_log(self, asked: EventId) -> bool:
        del asked
        return True


def _never_resumes(parts: Parts) -> None:
    parts.replay = _NeverResumes


def _skips_on_resume(parts: Parts) -> None:
    parts.replay = _SkipsOnResume


def _duplicates_on_resume(parts: Parts) -> None:
    parts.replay = _DuplicatesOnResume


def _redelivers_on_switch(parts: Parts) -> None:
    parts.replay = _RedeliversOnSwitch


def _silent_gap(parts: Parts) -> None:
    parts.replay = _SilentGap


def _frozen_epoch(parts: Parts) -> None:
    parts.log = _FrozenEpoch
    parts.epoch = lambda: "e0"


FAULTS = (
    Fault(
        "never-resumes",
        "the id of the last event is ignored: every stream starts with live events",
        "servers without a log: SSE-04",
        _never_resumes,
    ),
    Fault(
        "skips-on-resume",
        "the first event of a replay is missing",
        "an index that is one too high",
        _skips_on_resume,
    ),
    Fault(
        "duplicates-on-resume",
        "a replay begins with the event that the client has seen last",
        "'from' taken for 'after'",
        _duplicates_on_resume,
    ),
    Fault(
        "redelivers-on-switch",
        "the last event of a replay comes again as the first live one",
        "subscribing before reading the log, without comparing ids",
        _redelivers_on_switch,
    ),
    Fault(
        "silent-gap",
        "an id that cannot be resumed from is passed over in silence",
        "the usual behaviour of event stream servers: SSE-05",
        _silent_gap,
    ),
    Fault(
        "frozen-epoch",
        "ids of a log that is lost are taken for ids of the present one",
        "a bare sequence number that starts again with the process",
        _frozen_epoch,
    ),
)
