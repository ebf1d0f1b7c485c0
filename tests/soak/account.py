"""The account of one listener: what the origin published for it, beside what arrived."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from proxyproof.client import StreamEvent
from proxyproof.events import Event

AT_MOST = 20  # faults that are told one by one: with more nobody reads them


class Published:
    """The ids of all events of each loop, in the order in which the origin published them."""

    def __init__(self) -> None:
        self._ids: dict[str, list[str]] = defaultdict(list)

    def note(self, event: Event) -> None:
        """Take an event down; the emitter calls it."""
        if event.loop_id is not None:
            self._ids[event.loop_id].append(str(event.id))

    def of(self, loop_id: str) -> Sequence[str]:
        """The ids of a loop; the list grows as more are published."""
        return self._ids[loop_id]


@dataclass
class Account:
    """What one listener is due and what it was given.

    Attributes:
        name: of the listener.
        due: ids that were published for it, the oldest first; it has the first one to begin with.
        taken: how many of them are settled.
        missing: ids that were passed over and have not come since.
        wrong: what else went wrong, a sentence each.
    """

    name: str
    due: Sequence[str]
    taken: int = 1
    missing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        """Whether all that was published has come, or was passed over."""
        return self.taken >= len(self.due)

    def take(self, event: StreamEvent) -> None:
        """Enter what arrived."""
        if event.type == "gap":
            self.wrong.append(f"a gap was announced: {event.raw}")
        elif event.id and not self.is_settled and event.id == self.due[self.taken]:
            self.taken += 1
        elif event.id:
            self._enter_other(event.id)

    def _enter_other(self, event_id: str) -> None:
        if event_id in self.missing:
            self.missing.remove(event_id)
            self.wrong.append(f"{event_id} is out of order: later ones came before it")
        elif event_id in self.due[: self.taken]:
            self.wrong.append(f"{event_id} came again")
        elif event_id in self.due:
            at = self.due.index(event_id)
            self.missing += self.due[self.taken : at]
            self.taken = at + 1
        else:
            self.wrong.append(f"{event_id} belongs to somebody else")

    def faults(self) -> list[str]:
        """What is wrong, when no more is to come; nothing if each event came once and in order."""
        lost = [*self.missing, *self.due[self.taken :]]
        told = [f"{self.name}: {what}" for what in self.wrong]
        if lost:
            told.insert(0, f"{self.name}: {len(lost)} events lost, the first is {lost[0]}")
        if len(told) > AT_MOST:
            told[AT_MOST:] = [f"{self.name}: {len(told) - AT_MOST} more of the like"]
        return told
