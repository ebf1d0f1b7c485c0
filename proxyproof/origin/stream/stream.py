"""One open stream, whatever its transport: its place in the fan-out, its life and its end."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from proxyproof.events import Selection
from proxyproof.origin.head import RequestHead
from proxyproof.origin.script import Script
from proxyproof.origin.settings import Settings
from proxyproof.origin.stream.codec import Block, Codec
from proxyproof.origin.stream.outbox import Outbox

TOO_SLOW = 1013
LOST = 1006


@dataclass(frozen=True)
class Seat:
    """What was decided about a stream request before it was accepted.

    Attributes:
        head: Request head.
        script: What the case programmed.
        selection: What the stream asks for and may see.
        last_id: The id after which the client wants to go on; None if it starts afresh.
    """

    head: RequestHead
    script: Script
    selection: Selection
    last_id: str | None = None


@dataclass(frozen=True)
class Ending:
    """How a stream ended: close code, reason, and who ended it."""

    code: int
    reason: str
    by: Literal["origin", "client", "loss"]


class Stream(ABC):
    """An open stream.

    Attributes:
        name: ``websocket``, ``sse`` or ``echo``.
        number: Counts from 1 through the life of the origin.
        token: Case token.
        selection: What it carries now.
        codec: How it spells events.
        outbox: What is due to the client.
        transport: The connection.
        ending: How it ended; None while it is open.
        on_end: Called once, as soon as the end is decided.
        before_close: Called before an orderly end, to let what is due go first.
    """

    name: ClassVar[str]

    def __init__(
        self,
        number: int,
        seat: Seat,
        codec: Codec,
        outbox: Outbox,
        transport: asyncio.Transport,
        settings: Settings,
    ) -> None:
        self.number = number
        self.seat = seat
        self.token = seat.head.token
        self.selection = seat.selection
        self.codec = codec
        self.outbox = outbox
        self.put = outbox.put  # bound once: it is called for every client and write
        self.transport = transport
        self.settings = settings
        self.ending: Ending | None = None
        self.on_end: Callable[[Stream], None] = lambda _: None
        self.before_close: Callable[[], None] = lambda: None
        self._timer: asyncio.TimerHandle | None = None
        outbox.on_overflow = self.overflow

    @property
    def user(self) -> str | None:
        """Whose stream it is; None is anonymous."""
        return self.selection.user

    @property
    def resume_from(self) -> str | None:
        """The id after which the client can go on elsewhere; None if it has seen none."""
        last = self.outbox.last
        return str(last.id) if last else self.seat.last_id

    def deliver(self, block: Block) -> None:
        """Send events to this stream alone."""
        if self.put(block):
            self.outbox.on_late(block)

    def tell(self, document: Mapping[str, object]) -> None:
        """Send a message that is no event, after everything that was due before."""
        self.before_close()
        self.put(Block(self.codec.wrap(self.codec.message(document))))

    def write_raw(self, data: bytes) -> None:
        """Send bytes as they are, after everything that was due before."""
        self.before_close()
        self.put(Block(data))

    def close(self, code: int = 1000, reason: str = "") -> None:
        """End the stream in good order: what is due goes first."""
        self.before_close()
        self.end(Ending(code, reason, "origin"))

    def abort(self) -> None:
        """Cut the connection without a word."""
        self.lose("aborted")

    def lose(self, reason: str) -> None:
        """Give up a connection that leads nowhere."""
        self._over(Ending(LOST, reason, "loss"))
        self.transport.abort()

    def overflow(self) -> None:
        """End the stream of a client that falls behind, and tell where to resume."""
        resume_from = self.resume_from
        reason = f"too slow: resume from {resume_from}" if resume_from else "too slow"
        self.end(Ending(TOO_SLOW, reason, "origin"), drop=True)

    def end(self, ending: Ending, *, drop: bool = False) -> None:
        """Say farewell, then see that the connection ends; only the first call counts."""
        if self.ending is not None:
            return
        self._over(ending)
        self.outbox.finish(self.farewell(ending), drop=drop)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self.settings.close_timeout, self.transport.abort)

    @abstractmethod
    def farewell(self, ending: Ending) -> bytes:
        """The last bytes of the stream."""

    @abstractmethod
    def beat(self) -> None:
        """Send a sign of life."""

    def start_heart(self) -> None:
        """Send signs of life from now on."""
        interval = self.seat.script.heartbeat or self.settings.heartbeat
        self._timer = asyncio.get_running_loop().call_later(interval, self._heartbeat)

    def release(self) -> None:
        """Let go of timers; the connection is over."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _heartbeat(self) -> None:
        if self.outbox.stalled_for() > self.settings.stall:
            self.overflow()
            return
        self.beat()
        if self.ending is None:
            self.start_heart()

    def _over(self, ending: Ending) -> None:
        if self.ending is None:
            self.ending = ending
            self.release()
            self.on_end(self)
