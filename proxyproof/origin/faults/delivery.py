"""Faults of delivery: events are late, lost on the way, or wait for somebody else."""

import asyncio
from collections.abc import Sequence

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from proxyproof.events import Event
from proxyproof.origin.faults.fault import Fault
from proxyproof.origin.parts import Parts
from proxyproof.origin.stream.codec import Block
from proxyproof.origin.stream.fanout import Fanout
from proxyproof.origin.stream.outbox import Outbox
from proxyproof.origin.stream.sse import EventStream
from proxyproof.origin.stream.stream import Ending

BUFFER = 4096


class _DropsWhenSlow(Outbox):
    def _put_aside(self, block: Block) -> None:
        if self._queued_bytes + len(block.data) <= self._bound:
            super()._put_aside(block)


class _BlocksOnSlow(Fanout):
    def flush(self) -> None:
        if not any(s.outbox.is_full for group in self._groups.values() for s in group.streams):
            super().flush()
        elif self._due and self._scheduled is None:
            self._scheduled = asyncio.get_running_loop().call_later(0.01, self._turn)


class _CoalescesOneSecond(Fanout):
    def _schedule(self) -> asyncio.Handle:
        return asyncio.get_running_loop().call_later(1.0, self._turn)


class _BuffersFourKilobytes(Outbox):
    _held = b""
    _events: Sequence[Event] = ()

    def put(self, block: Block) -> bool:
        self._held += block.data
        self._events = (*self._events, *block.events)
        if len(self._held) < BUFFER:
            return True
        full = Block(self._held, self._events)
        self._held, self._events = b"", ()
        return super().put(full)

    def finish(self, data: bytes, *, drop: bool = False) -> None:
        super().finish(self._held + data, drop=drop)


class _HoldsHeaders(EventStream):
    """Sends the head of the response together with the first event."""

    _writer: AbstractStreamWriter | None = None
    _first = b""

    async def open(self, writer: AbstractStreamWriter, first: bytes) -> None:
        self._writer, self._first = writer, first
        self.put = self._put_with_head

    def beat(self) -> None:
        if self._writer is None:
            super().beat()

    def farewell(self, ending: Ending) -> bytes:
        self._send_head()
        return super().farewell(ending)

    def _put_with_head(self, block: Block) -> bool:
        self._send_head()
        return self.outbox.put(block)

    def _send_head(self) -> None:
        if self._writer is not None:
            self._writer.send_headers()
            self.transport.write(self.codec.wrap(self._first))
            self._writer, self.put = None, self.outbox.put


def _drops_when_slow(parts: Parts) -> None:
    parts.outbox = _DropsWhenSlow


def _blocks_on_slow(parts: Parts) -> None:
    parts.fanout = _BlocksOnSlow


def _coalesces(parts: Parts) -> None:
    parts.fanout = _CoalescesOneSecond


def _buffers(parts: Parts) -> None:
    parts.outbox = _BuffersFourKilobytes


def _holds_headers(parts: Parts) -> None:
    parts.event_stream = _HoldsHeaders


def _gets_only(parts: Parts) -> None:
    def without_post(routes: list[web.RouteDef]) -> list[web.RouteDef]:
        return [r for r in routes if not (r.method == "POST" and r.path.endswith("/events"))]

    parts.routes = without_post


FAULTS = (
    Fault(
        "drops-when-slow",
        "events beyond the bound of a slow client's queue are dropped without a word",
        "the usual answer to a full queue: CON-03",
        _drops_when_slow,
    ),
    Fault(
        "blocks-on-slow",
        "everybody waits for the slowest client",
        "awaiting each send in a loop over the clients: CON-04",
        _blocks_on_slow,
    ),
    Fault(
        "coalesces-1s",
        "what is published leaves once a second",
        "a flush timer, meant to save packets: BUF-06",
        _coalesces,
    ),
    Fault(
        "buffers-4k",
        "what is due to a client waits until 4 KiB are together",
        "a buffered writer that nobody flushes: BUF-02",
        _buffers,
    ),
    Fault(
        "holds-headers",
        "the head of an event stream waits for its first event",
        "frameworks that send the head with the first byte of the body: BUF-05",
        _holds_headers,
    ),
    Fault(
        "streams-get-only",
        "event streams cannot be had by POST",
        "a route for one method: BUF-09",
        _gets_only,
    ),
)
