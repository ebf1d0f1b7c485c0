"""Mistakes while a connection is open."""

import asyncio
from dataclasses import replace

from proxyproof.client.faults.model import Fault
from proxyproof.client.mailbox import Mailbox
from proxyproof.client.message import StreamEvent
from proxyproof.client.policy import TransportName
from proxyproof.client.state import State, Status
from proxyproof.client.supervisor import Supervisor
from proxyproof.client.transport.ending import Ending
from proxyproof.client.transport.sse import EventStreamChannel, EventStreamTransport
from proxyproof.client.transport.watchdog import Watchdog


class NoWatchdog(Watchdog):
    """Waits for ever."""

    def __init__(self, seconds: float | None) -> None:
        super().__init__(None)


class _AbortIsEnd(EventStreamChannel):
    def ending(self, error: Exception) -> Ending:
        return super().ending(StopAsyncIteration())


class SwallowsAbort(EventStreamTransport):
    """Does not tell a stream that was cut off from one that ended."""

    channel = _AbortIsEnd


class DropsUnread(Mailbox):
    """Makes room by throwing away what its user has not taken yet."""

    async def put(self, event: StreamEvent) -> None:
        """Add the event at the cost of the oldest."""
        if len(self._events) >= self._size:
            self._events.popleft()
        await super().put(event)


class StatusStuckOpen(State):
    """Goes on to say `open`, whatever happens to the connection."""

    def to(self, status: Status, transport: TransportName | None, reason: str) -> None:
        """Enter `status`, unless it would admit a loss."""
        if self.status == "open" and status in ("waiting", "connecting"):
            return
        super().to(status, transport, reason)


class DoubleConnection(Supervisor):
    """Reconnects twice: once because of the error, once because of the close."""

    async def attempt(self, reason: str) -> Ending:
        """Make two connections, from the second attempt on."""
        if not self.connections:
            return await super().attempt(reason)
        twin = asyncio.create_task(super().attempt(reason))
        try:
            return await super().attempt(reason)
        finally:
            twin.cancel()
            await asyncio.wait([twin])


FAULTS = (
    Fault(
        "no-watchdog",
        "silence is never taken for death: a half-open connection looks alive for ever",
        "TMO-11, SSE-11: chalie#1838, vantiq-extension-sources#275",
        lambda parts: replace(parts, watchdog=NoWatchdog),
    ),
    Fault(
        "swallows-abort",
        "an event stream that was cut off is reported as one that came to its end",
        "CLS-04: antage/eventsource#22, node-http-proxy#921",
        lambda parts: replace(parts, sse=SwallowsAbort),
    ),
    Fault(
        "drops-unread",
        "when its user is slow, the client throws away the oldest events, without a word",
        "CON-03: bounded channels that drop (`try_send`, ring buffers)",
        lambda parts: replace(parts, mailbox=DropsUnread),
    ),
    Fault(
        "status-stuck-open",
        "the status stays `open` after the connection is lost",
        "TMO-11: chalie#1841 (readyState taken for freshness)",
        lambda parts: replace(parts, state=StatusStuckOpen),
    ),
    Fault(
        "double-connection",
        "error and close both schedule a reconnection: two streams from then on",
        "REC-07: EventSource/eventsource#57, chalie#1841",
        lambda parts: replace(parts, supervisor=DoubleConnection),
    ),
)
