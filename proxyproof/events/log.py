"""What was published and is still kept: the memory from which streams resume."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from proxyproof.events.event import Event
from proxyproof.events.identifier import EventId

GapReason = Literal["malformed", "unknown-epoch", "too-old", "unknown"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Why a stream cannot go on without a hole from the id that was asked for.

    Attributes:
        reason: ``malformed`` is no id; ``unknown-epoch`` belongs to a log that is lost;
            ``too-old`` is no longer kept; ``unknown`` was never given out.
        requested: The id as asked for, shortened to 200 characters.
        oldest: Oldest event still kept; None if there is none.
        newest: Newest event; None if there is none.
    """

    reason: GapReason
    requested: str
    oldest: EventId | None
    newest: EventId | None

    @property
    def nothing_was_seen(self) -> bool:
        """True if the client cannot have seen any event that is kept."""
        return self.reason in ("too-old", "unknown-epoch")

    def document(self) -> dict[str, object]:
        """The announcement as it stands on the wire."""
        return {
            "type": "gap",
            "reason": self.reason,
            "requested": self.requested,
            "oldest": str(self.oldest) if self.oldest else None,
            "newest": str(self.newest) if self.newest else None,
        }


class EventLog(Protocol):
    """Keeps events in order of publication."""

    @property
    def start(self) -> EventId:
        """The id just before the oldest kept event: everything kept comes after it."""

    @property
    def position(self) -> EventId:
        """The id given out last, with sequence 0 before the first: what is new comes after it."""

    @property
    def newest(self) -> EventId | None:
        """Id of the newest event; None if nothing is kept."""

    def append(self, build: Callable[[EventId], Event]) -> Event:
        """Keep the event that ``build`` makes of the next id; what it raises leaves no hole."""

    def after(self, id_text: str, limit: int | None = None) -> Sequence[Event] | Gap:
        """Events after an id, at most ``limit``, or why that cannot be answered."""

    def expire(self, keep: int) -> None:
        """Let all events but the newest ``keep`` (1 or more) be too old."""

    def forget(self) -> None:
        """Lose everything: the next event opens a new epoch."""


def new_epoch() -> str:
    """Eight random hexadecimal digits."""
    return secrets.token_hex(4)


class MemoryLog:
    """Keeps the newest ``capacity`` events in memory.

    Raises:
        ValueError: The capacity is below 1.
    """

    def __init__(self, capacity: int, epoch: Callable[[], str] = new_epoch) -> None:
        if capacity < 1:
            raise ValueError(f"log capacity expected to be 1 or more, got {capacity}")
        self._capacity = capacity
        self._new_epoch = epoch
        self.forget()

    def forget(self) -> None:
        """Lose everything: the next event opens a new epoch."""
        self.epoch = self._new_epoch()
        self._events: list[Event] = []
        self._dead = 0  # events at the front of the list that are no longer kept
        self._base = 1  # sequence of the first entry of the list, dead or alive

    @property
    def start(self) -> EventId:
        """The id just before the oldest kept event."""
        return EventId(self.epoch, self._base + self._dead - 1)

    @property
    def position(self) -> EventId:
        """The id given out last; sequence 0 before the first."""
        return EventId(self.epoch, self._base + len(self._events) - 1)

    @property
    def oldest(self) -> EventId | None:
        """Id of the oldest kept event; None if nothing is kept."""
        return self._events[self._dead].id if self._events else None

    @property
    def newest(self) -> EventId | None:
        """Id of the newest event; None if nothing is kept."""
        return self._events[-1].id if self._events else None

    def append(self, build: Callable[[EventId], Event]) -> Event:
        """Keep the event that ``build`` makes of the next id; what it raises leaves no hole."""
        event = build(EventId(self.epoch, self._base + len(self._events)))
        self._events.append(event)
        if len(self._events) - self._dead > self._capacity:
            self._dead += 1
        if self._dead >= self._capacity:
            self._drop_dead()
        return event

    def expire(self, keep: int) -> None:
        """Let all events but the newest ``keep`` (1 or more) be too old."""
        self._dead = max(self._dead, len(self._events) - keep)

    def after(self, id_text: str, limit: int | None = None) -> Sequence[Event] | Gap:
        """Events after an id, at most ``limit``, or why that cannot be answered."""
        try:
            asked = EventId.parse(id_text)
        except ValueError:
            return self._gap("malformed", id_text)
        if not self._is_of_this_log(asked):
            return self._gap("unknown-epoch", id_text)
        if asked.sequence >= self._base + len(self._events):
            return self._gap("unknown", id_text)
        if asked.sequence < self.start.sequence:
            return self._gap("too-old", id_text)
        first = asked.sequence + 1 - self._base
        return self._events[first:] if limit is None else self._events[first : first + limit]

    def _is_of_this_log(self, asked: EventId) -> bool:
        return asked.epoch == self.epoch

    def _gap(self, reason: GapReason, id_text: str) -> Gap:
        printable = id_text.encode("utf-8", "replace").decode()
        return Gap(reason, printable[:200], self.oldest, self.newest)

    def _drop_dead(self) -> None:
        # Only once in `capacity` appends, so that one append costs no more than another.
        del self._events[: self._dead]
        self._base += self._dead
        self._dead = 0
