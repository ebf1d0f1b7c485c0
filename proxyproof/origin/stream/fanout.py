"""The one way from an event to the clients.

An event is encoded once per transport. What is due to a group of clients that ask for the same
is joined, and leaves in one write per client and turn of the event loop.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from proxyproof.events import Event, Selection
from proxyproof.origin.stream.codec import Block, Codec, blocks
from proxyproof.origin.stream.stream import Stream

# Case token, numbers of the streams, events: what left in one write to each of these streams.
OnSent = Callable[[str, tuple[int, ...], Sequence[Event]], None]


class Group:
    """Streams that are due the same bytes.

    Attributes:
        streams: A tuple, replaced on each change, so that a walk over it may change the group.
        numbers: Their numbers, in the same order.
        pending: Events due to all of them.
    """

    def __init__(self, codec: Codec, selection: Selection, token: str) -> None:
        self.codec = codec
        self.selection = selection
        self.token = token
        self.streams: tuple[Stream, ...] = ()
        self.numbers: tuple[int, ...] = ()
        self.pending: list[Event] = []

    def replace(self, streams: tuple[Stream, ...]) -> None:
        """Let these be the streams."""
        self.streams = streams
        self.numbers = tuple(stream.number for stream in streams)


GroupKey = tuple[Codec, Selection, str]


class Fanout:
    """Hands events to streams. All methods are called in the thread of the event loop."""

    def __init__(self, on_sent: OnSent) -> None:
        self._on_sent = on_sent
        self._groups: dict[GroupKey, Group] = {}
        self._wide: dict[Group, None] = {}  # groups that look at every event
        self._narrow: dict[str, dict[Group, None]] = {}  # groups by loop that they look at
        self._due: dict[Group, None] = {}
        self._scheduled: asyncio.Handle | None = None
        self._flushing = False

    def publish(self, event: Event) -> None:
        """Make an event due to every stream that it belongs on."""
        for group in self._candidates(event):
            if group.selection.passes(event):
                group.pending.append(event)
                self._due[group] = None
        if self._due and self._scheduled is None:
            self._scheduled = self._schedule()

    def flush(self) -> None:
        """Write what is due, now."""
        if self._flushing or not self._due:
            return
        self._flushing = True
        due, self._due = self._due, {}
        try:
            self._write(due)
        finally:
            self._flushing = False

    def join(self, stream: Stream) -> None:
        """Let a stream have every event from now on, and none from before."""
        self.flush()
        key = self._key(stream)
        group = self._groups.get(key) or self._open(key)
        group.replace((*group.streams, stream))

    def leave(self, stream: Stream) -> None:
        """Let a stream have no more; harmless if it never joined."""
        key = self._key(stream)
        group = self._groups.get(key)
        if group is None or stream not in group.streams:
            return
        group.replace(tuple(other for other in group.streams if other is not stream))
        if not group.streams:
            self._close(key, group)

    def move(self, stream: Stream, selection: Selection) -> None:
        """Change what a stream asks for; what was due before goes out first."""
        self.flush()
        self.leave(stream)
        stream.selection = selection
        self.join(stream)

    def _schedule(self) -> asyncio.Handle:
        return asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        self._scheduled = None
        self.flush()

    def _write(self, due: Iterable[Group]) -> None:
        encoded: dict[Codec, dict[int, bytes]] = {}
        for group in due:
            events, group.pending = group.pending, []
            known = encoded.setdefault(group.codec, {})
            for block in blocks(group.codec, self._ordered(group, events), known):
                self._deliver(group, block)

    def _ordered(self, group: Group, events: Sequence[Event]) -> Sequence[Event]:
        """The events of one turn in the order of the log, which is the order they came in."""
        del group
        return events

    def _deliver(self, group: Group, block: Block) -> None:
        streams, numbers = group.streams, group.numbers
        late = {stream.number for stream in streams if not stream.put(block)}
        if late:
            numbers = tuple(number for number in numbers if number not in late)
        if numbers:
            self._on_sent(group.token, numbers, block.events)

    def _candidates(self, event: Event) -> Iterable[Group]:
        if event.loop_id is None:
            return self._groups.values()
        return chain(self._wide, self._narrow.get(event.loop_id, ()))

    def _key(self, stream: Stream) -> GroupKey:
        return (stream.codec, stream.selection, stream.token)

    def _open(self, key: GroupKey) -> Group:
        group = self._groups[key] = Group(*key)
        if group.selection.index is None:
            self._wide[group] = None
        for loop_id in group.selection.index or ():
            self._narrow.setdefault(loop_id, {})[group] = None
        return group

    def _close(self, key: GroupKey, group: Group) -> None:
        del self._groups[key]
        self._wide.pop(group, None)
        self._due.pop(group, None)
        for loop_id in group.selection.index or ():
            groups = self._narrow[loop_id]
            del groups[group]
            if not groups:
                del self._narrow[loop_id]
