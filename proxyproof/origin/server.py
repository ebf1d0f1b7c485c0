"""The reference origin: the same events over WebSocket and over Server-Sent Events."""

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from proxyproof.events import Emitter, EventLog
from proxyproof.origin.application.loops import Loops
from proxyproof.origin.core import Core
from proxyproof.origin.faults.fault import Fault
from proxyproof.origin.ledger import Ledger
from proxyproof.origin.listener import Listener
from proxyproof.origin.parts import Parts
from proxyproof.origin.script import Scripts
from proxyproof.origin.settings import Settings
from proxyproof.origin.stream.fanout import Fanout
from proxyproof.origin.stream.registry import Streams
from proxyproof.origin.transports import Transports

GOING_AWAY = 1001
RESTARTING = 1012


class Origin:
    """One origin. All methods are called in the thread of the event loop that started it.

    Loops, log and ledger outlive `stop`: started again, the origin listens at the same ports and
    streams resume. `forget` loses the log, as a crash of a server without a durable one does.

    Args:
        settings: What an operator may choose.
        faults: Each replaces one component by a faulty one.
    """

    def __init__(self, settings: Settings | None = None, faults: Iterable[Fault] = ()) -> None:
        parts = Parts()
        for fault in faults:
            fault.apply(parts)
        self._core = Core(settings or Settings(), parts)
        self._listener: Listener | None = None
        self._address = (self.settings.host, self.settings.port)
        self._tls_port = self.settings.tls_port

    @property
    def settings(self) -> Settings:
        """What the operator chose."""
        return self._core.settings

    @property
    def ledger(self) -> Ledger:
        """What the origin can testify to."""
        return self._core.ledger

    @property
    def scripts(self) -> Scripts:
        """What the cases programmed, by token."""
        return self._core.scripts

    @property
    def emitter(self) -> Emitter:
        """Publishes events."""
        return self._core.emitter

    @property
    def log(self) -> EventLog:
        """The events that are kept."""
        return self._core.log

    @property
    def loops(self) -> Loops:
        """The application."""
        return self._core.loops

    @property
    def streams(self) -> Streams:
        """The open streams."""
        return self._core.streams

    @property
    def transports(self) -> Transports:
        """The switch of the rollback drill."""
        return self._core.transports

    @property
    def fanout(self) -> Fanout:
        """Hands events to streams."""
        return self._core.fanout

    @property
    def port(self) -> int:
        """Port for plain HTTP; after a stop the one that will be used again."""
        return self._address[1]

    @property
    def tls_port(self) -> int:
        """Port for TLS; 0 without TLS."""
        return self._tls_port

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: An address is in use or not ours.
            RuntimeError: It listens already.
        """
        if self._listener is not None:
            raise RuntimeError("the origin listens already: stop it first")
        listener = Listener(self._core)
        await listener.start(*self._address, self._tls_port)
        self._listener = listener
        self._address = (self._address[0], listener.port)
        self._tls_port = listener.tls_port or 0

    async def stop(self, code: int = GOING_AWAY) -> None:
        """End every stream with a close code, wait for the clients, close; harmless if stopped."""
        if self._listener is None:
            return
        listener, self._listener = self._listener, None
        await listener.refuse()
        self.streams.close(code, "restarting" if code == RESTARTING else "shutting down")
        await self.streams.emptied(self.settings.drain)
        await listener.stop()
        await self._core.close_leases()

    async def rebind(self, host: str, port: int) -> None:
        """Stop listening at the present address and listen at another; open streams stay.

        Idle keep-alive connections are closed.

        Raises:
            OSError: The new address is in use or not ours; the old one is kept.
            RuntimeError: It does not listen.
        """
        if self._listener is None:
            raise RuntimeError("the origin does not listen: start it first")
        await self._listener.rebind(host, port)
        self._address = (host, self._listener.port)

    def forget(self) -> None:
        """Lose the log: ids get a new epoch, and every resume from an older id finds a gap."""
        self._core.forget()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()
