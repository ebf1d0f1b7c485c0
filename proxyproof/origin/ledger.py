"""The origin's testimony, by case token: what it read, published, sent and saw closed."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from proxyproof.events import Event, EventId
from proxyproof.origin.head import RequestHead

MAX_TOKENS = 4096  # a stranger who invents tokens must not fill the memory


class Sent(NamedTuple):
    """One event given to the connection of one stream; ``at`` is `time.monotonic`."""

    stream: int
    event: EventId
    at: float


class Opened(NamedTuple):
    """A stream that was opened; ``at`` is `time.monotonic`."""

    stream: int
    transport: str
    user: str | None
    at: float


class Closed(NamedTuple):
    """A stream that ended.

    ``code`` is the WebSocket close code, or what it would have been on an event stream; 1006 means
    that the connection was lost. ``by`` tells who ended it: ``origin``, ``client`` or ``loss``.
    """

    stream: int
    transport: str
    code: int
    reason: str
    at: float
    by: str


class Answered(NamedTuple):
    """A response head as it was handed to the connection; ``at`` is `time.monotonic`."""

    head: RequestHead
    status: int
    fields: tuple[tuple[str, str], ...]
    at: float


@dataclass(frozen=True, slots=True)
class Batch:
    """One write of the same events to several streams; ``at`` is `time.monotonic`."""

    streams: tuple[int, ...]
    events: Sequence[Event]
    at: float


class CaseLedger:
    """What concerns one token; the newest entries of each kind, oldest first."""

    def __init__(self, entries: int) -> None:
        self.heads: deque[RequestHead] = deque(maxlen=entries)
        self.answers: deque[Answered] = deque(maxlen=entries)
        self.published: deque[Event] = deque(maxlen=entries)
        self.opened: deque[Opened] = deque(maxlen=entries)
        self.closed: deque[Closed] = deque(maxlen=entries)
        self.batches: deque[Batch] = deque(maxlen=entries)
        self._watchers: list[asyncio.Event] = []

    @property
    def sent(self) -> list[Sent]:
        """Every event sent, by batch and stream in order of sending."""
        return [
            Sent(stream, event.id, batch.at)
            for batch in self.batches
            for stream in batch.streams
            for event in batch.events
        ]

    def add_sent(self, streams: tuple[int, ...], events: Sequence[Event]) -> None:
        """Note one write of the same events to several streams."""
        self.batches.append(Batch(streams, events, time.monotonic()))
        self.changed()

    def changed(self) -> None:
        """Wake those who wait for a fact."""
        for watcher in self._watchers:
            watcher.set()

    async def until(self, fact: Callable[["CaseLedger"], bool], timeout: float) -> None:
        """Wait until a fact holds.

        Raises:
            TimeoutError: It did not within ``timeout`` seconds.
        """
        watcher = asyncio.Event()
        self._watchers.append(watcher)
        try:
            async with asyncio.timeout(timeout):
                while not fact(self):
                    watcher.clear()
                    await watcher.wait()
        finally:
            self._watchers.remove(watcher)


class Ledger:
    """The ledgers of all tokens; the ones unused for longest go first."""

    def __init__(self, entries: int) -> None:
        self._entries = entries
        self._cases: OrderedDict[str, CaseLedger] = OrderedDict()

    def of(self, token: str) -> CaseLedger:
        """The ledger of a token; an empty one if nothing was seen of it."""
        case = self._cases.get(token)
        if case is None:
            case = self._cases[token] = CaseLedger(self._entries)
            if len(self._cases) > MAX_TOKENS:
                self._cases.popitem(last=False)
        self._cases.move_to_end(token)
        return case

    def read(self, head: RequestHead) -> None:
        """Note a request head."""
        case = self.of(head.token)
        case.heads.append(head)
        case.changed()

    def answered(self, head: RequestHead, status: int, fields: tuple[tuple[str, str], ...]) -> None:
        """Note the head of an answer."""
        case = self.of(head.token)
        case.answers.append(Answered(head, status, fields, time.monotonic()))
        case.changed()

    def published(self, token: str, event: Event) -> None:
        """Note an event that a case published."""
        case = self.of(token)
        case.published.append(event)
        case.changed()

    def opened(self, token: str, stream: int, transport: str, user: str | None) -> None:
        """Note that a stream was opened."""
        case = self.of(token)
        case.opened.append(Opened(stream, transport, user, time.monotonic()))
        case.changed()

    def closed(self, token: str, entry: Closed) -> None:
        """Note that a stream ended."""
        case = self.of(token)
        case.closed.append(entry)
        case.changed()
