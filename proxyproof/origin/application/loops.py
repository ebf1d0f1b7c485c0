"""The application: loops, who owns them, and the event that each act upon one emits."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from proxyproof.events import Emitter, Event

# Act -> type of the event that it emits, and the status that the loop has afterwards.
ACTS: Final[Mapping[str, tuple[str, str | None]]] = {
    "start": ("loop.started", "running"),
    "iteration-start": ("loop.iteration.start", None),
    "iteration-end": ("loop.iteration.end", None),
    "progress": ("loop.progress", None),
    "message": ("loop.message", None),
    "tool": ("loop.tool_call", None),
    "log": ("loop.log", None),
    "commit": ("loop.git.commit", None),
    "complete": ("loop.completed", "completed"),
    "stop": ("loop.stopped", "stopped"),
    "error": ("loop.error", "failed"),
    "accept": ("loop.accepted", "accepted"),
    "push": ("loop.pushed", "pushed"),
    "discard": ("loop.discarded", "discarded"),
}

MAX_ID = 256


@dataclass
class Loop:
    """One long-running agent run.

    Attributes:
        id: Any text of 1 to 256 characters without control characters.
        status: What the last act made of it.
        owner: Who created it; None if that was nobody known.
        private: Its events pass only to the owner's streams.
        token: Case token of the request that created it.
    """

    id: str
    status: str = "created"
    owner: str | None = None
    private: bool = False
    token: str = ""

    @property
    def audience(self) -> str | None:
        """The only user who may know of it; None for everybody."""
        return self.owner if self.private else None

    def document(self) -> dict[str, object]:
        """The loop as the interface shows it."""
        return {
            "id": self.id,
            "status": self.status,
            "owner": self.owner,
            "private": self.private,
        }


def is_loop_id(text: str) -> bool:
    """True if the text can name a loop."""
    return 0 < len(text) <= MAX_ID and all(c.isprintable() for c in text)


class Loops:
    """The loops that exist; every change emits its event."""

    def __init__(self, emitter: Emitter) -> None:
        self._emitter = emitter
        self._loops: dict[str, Loop] = {}

    def create(
        self,
        loop_id: str | None = None,
        *,
        owner: str | None = None,
        private: bool = False,
        token: str = "",
        fields: Mapping[str, object] | None = None,
    ) -> Loop:
        """Create a loop; without an id it gets a new one.

        Raises:
            ValueError: The id is malformed, a field is no good, or nobody owns a private loop.
            KeyError: The id is taken.
        """
        loop = Loop(str(uuid.uuid4()) if loop_id is None else loop_id, token=token)
        if not is_loop_id(loop.id):
            raise ValueError(f"loop id of 1 to {MAX_ID} printable characters expected")
        if private and owner is None:
            raise ValueError("a private loop needs an owner")
        if loop.id in self._loops:
            raise KeyError(loop.id)
        loop.owner, loop.private = owner, private
        self._loops[loop.id] = loop  # first, so that whoever is told of the event finds the loop
        try:
            self._emit(loop, "loop.created", fields)
        except ValueError:
            del self._loops[loop.id]
            raise
        return loop

    def act(self, loop_id: str, act: str, fields: Mapping[str, object] | None = None) -> Event:
        """Do one of `ACTS` to a loop.

        Raises:
            KeyError: There is no such loop or act.
            ValueError: A field is no good.
        """
        loop = self._loops[loop_id]
        event_type, status = ACTS[act]
        event = self._emit(loop, event_type, fields)
        loop.status = status or loop.status
        return event

    def act_all(self, acts: Iterable[tuple[str, str, Mapping[str, object] | None]]) -> list[Event]:
        """Do each of these (loop, act, fields) in turn, with nothing between them."""
        return [self.act(loop_id, act, fields) for loop_id, act, fields in acts]

    def delete(self, loop_id: str) -> Event:
        """Delete a loop.

        Raises:
            KeyError: There is no such loop.
        """
        event = self._emit(self._loops[loop_id], "loop.deleted", None)
        del self._loops[loop_id]
        return event

    def find(self, loop_id: str, user: str | None) -> Loop | None:
        """The loop, if it exists and the user may know of it."""
        loop = self._loops.get(loop_id)
        return loop if loop and loop.audience in (None, user) else None

    def token_of(self, event: Event) -> str:
        """The case token that an event belongs to; empty if no case created its loop."""
        loop = self._loops.get(event.loop_id or "")
        return loop.token if loop else ""

    def visible_to(self, user: str | None) -> list[Loop]:
        """The loops that the user may know of, oldest first."""
        return [loop for loop in self._loops.values() if loop.audience in (None, user)]

    def _emit(self, loop: Loop, event_type: str, fields: Mapping[str, object] | None) -> Event:
        return self._emitter.publish(event_type, loop.id, fields, loop.audience)
