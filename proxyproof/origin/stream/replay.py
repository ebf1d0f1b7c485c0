"""Resuming: from the log up to now, then live, with no hole and no repeat between the two."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from proxyproof.events import Event, EventLog, Gap
from proxyproof.origin.stream.codec import blocks
from proxyproof.origin.stream.fanout import Fanout
from proxyproof.origin.stream.stream import Stream


@dataclass(frozen=True)
class Start:
    """Where a stream begins.

    Attributes:
        cursor: Id after which it has every event; a client that is cut before the first one
            resumes from here.
        gap: What has to be announced first; None if the stream goes on without a hole.
    """

    cursor: str
    gap: Gap | None = None


class Replay:
    """Brings streams up to now and hands them to the fan-out."""

    def __init__(self, log: EventLog, fanout: Fanout, page: int) -> None:
        self._log = log
        self._fanout = fanout
        self._page = page

    def begin(self, last_id: str | None) -> Start:
        """Decide where a stream begins that asks to go on after ``last_id``; None: from now."""
        if last_id is None:
            return Start(str(self._log.position))
        answer = self._log.after(last_id, 1)
        return self._after_gap(answer) if isinstance(answer, Gap) else Start(last_id)

    async def run(self, stream: Stream, start: Start) -> None:
        """Replay from ``start``, then let the stream have live events.

        The last look into the log and the joining of the fan-out happen in one turn of the event
        loop: nothing can be published between them.
        """
        last: Event | None = None
        self.announce(stream, start)
        while stream.ending is None:
            page = self._log.after(start.cursor, self._page)
            if isinstance(page, Gap):  # the client was slower than the log forgets
                start = self._after_gap(page)
                self.announce(stream, start)
                continue
            paused = await self._send(stream, self.chosen(stream, page))
            last = page[-1] if page else last
            if len(page) < self._page and not paused:
                break
            start = Start(str(page[-1].id)) if page else start
            await asyncio.sleep(0)  # a long replay lets others have their turn
        self.switch(stream, last)

    def chosen(self, stream: Stream, page: Sequence[Event]) -> Sequence[Event]:
        """The events of a page that belong on the stream."""
        return [event for event in page if stream.selection.passes_in_replay(event)]

    def announce(self, stream: Stream, start: Start) -> None:
        """Tell the client of a gap."""
        if start.gap is not None:
            stream.tell(start.gap.document())

    def switch(self, stream: Stream, last: Event | None) -> None:
        """Go over to live events; ``last`` is the last one that was looked at in the log."""
        del last
        if stream.ending is None:
            self._fanout.join(stream)

    async def _send(self, stream: Stream, events: Sequence[Event]) -> bool:
        paused = False
        for block in blocks(stream.codec, events):
            stream.deliver(block)
            if stream.outbox.is_full:
                paused = True
                await stream.outbox.drained()
        return paused

    def _after_gap(self, gap: Gap) -> Start:
        # Everything kept is news to a client that cannot have seen any of it. Of one whose
        # place is not known, nothing may be repeated: it gets live events only.
        cursor = self._log.start if gap.nothing_was_seen else self._log.position
        return Start(str(cursor), gap)
