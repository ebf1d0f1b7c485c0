"""Which events a stream carries: its filter by loop, and its user."""

from dataclasses import dataclass, replace
from typing import Self

from proxyproof.events.event import Event


def covers(loops: frozenset[str] | None, event: Event) -> bool:
    """True if the filter lets the event pass; None filters nothing, the empty set every loop."""
    return loops is None or event.loop_id is None or event.loop_id in loops


def permits(user: str | None, event: Event) -> bool:
    """True if the user belongs to the audience of the event."""
    return event.audience is None or event.audience == user


@dataclass(frozen=True)
class Selection:
    """What one stream asks for and may see.

    Attributes:
        loops: Ids of the loops asked for; None asks for everything.
        user: Whose stream it is; None is anonymous.
    """

    loops: frozenset[str] | None = None
    user: str | None = None

    @property
    def index(self) -> frozenset[str] | None:
        """Loops whose events need to be looked at; None if every event does."""
        return self.loops

    def passes(self, event: Event) -> bool:
        """True if a live event belongs on the stream."""
        return covers(self.loops, event) and permits(self.user, event)

    def passes_in_replay(self, event: Event) -> bool:
        """True if an event out of the log belongs on the stream."""
        return covers(self.loops, event) and permits(self.user, event)

    def adding(self, loop_id: str) -> Self:
        """The selection with one loop more; one without a filter has it already."""
        return self if self.loops is None else replace(self, loops=self.loops | {loop_id})

    def removing(self, loop_id: str) -> Self:
        """The selection with one loop less; the last one leaves the events that have no loop.

        Raises:
            ValueError: The loop is not selected by name.
        """
        if self.loops is None or loop_id not in self.loops:
            raise ValueError(f"a subscription to {loop_id!r} is needed to end one")
        return replace(self, loops=self.loops - {loop_id})
