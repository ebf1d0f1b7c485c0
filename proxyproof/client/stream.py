"""`EventStream`: the client's public face, the same over both transports."""

import asyncio
import ssl as tls
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from proxyproof.client.faults import assembled
from proxyproof.client.message import StreamEvent
from proxyproof.client.parts import Parts
from proxyproof.client.policy import HttpVersion, Policy, TransportName, Wanted
from proxyproof.client.state import Change, Listener, State, Status
from proxyproof.client.supervisor import Supervisor
from proxyproof.client.transport.channel import (
    Arrival,
    OnArrival,
    OnRequest,
    SentHead,
    Wiring,
)
from proxyproof.client.transport.ending import Ending
from proxyproof.client.transport.target import Fields, Target, fields_of


class EventStream:
    """A stream of events that survives what happens to its connections.

    An async context manager and an async iterator of `StreamEvent`. The iteration ends when the
    stream is `closed` or `unauthorized`; whatever else happens is waited out. Events are delivered
    as they arrive: nothing is left out, sorted or made unique. A gap that the origin announces is
    an event of type `gap`.

    Args:
        url: base URL of the application (`https://localhost:8443`) or a stream URL (ws, wss, http,
            https). Its query goes with every request.
        transport: `auto` takes WebSocket, falls back to Server-Sent Events and returns.
        loop_id: the loop to receive; None: all.
        resume_from: id of the last event that is known already.
        cookies: sent as given, in order.
        headers: further request fields; a sequence of pairs may repeat names.
        ssl: how to verify the server; None: by the certificate authorities of this system.
        connect_to: (host, port) to dial instead of the URL's; URL, Host field and SNI stay.
        policy: every duration and bound.
        http: `2` offers HTTP/2 by ALPN, and takes HTTP/1.1 from a server that has no other. A
            WebSocket is opened by extended CONNECT where the server offers that, else over an
            HTTP/1.1 connection of its own (RFC 8441 3). What is offered is set on the `ssl`
            context: give streams of other versions another one.
        faults: names from `FAULTS`, for the harness's proof of itself.

    Raises:
        ValueError: a bad URL, a transport that the URL does not lead to, HTTP/2 without TLS, or
            an unknown fault.
    """

    def __init__(  # noqa: PLR0913, PLR0917 -- each is one thing that a user may say of a connection
        self,
        url: str,
        transport: Wanted = "auto",
        loop_id: str | None = None,
        resume_from: str | None = None,
        cookies: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | Fields | None = None,
        ssl: tls.SSLContext | None = None,
        connect_to: tuple[str, int] | None = None,
        policy: Policy | None = None,
        faults: Sequence[str] = (),
        http: HttpVersion = "1.1",
    ) -> None:
        self.policy = policy or Policy()
        parts = assembled(Parts(), faults)
        target = parts.target(url, loop_id, fields_of(cookies, headers))
        self._state: State = parts.state(self.policy.clock)
        self._mailbox = parts.mailbox(self.policy.queue)
        self._last_event_id = resume_from
        if http == "2" and not target.secure:
            raise ValueError(f"HTTP/2 is agreed on in the TLS handshake, and {url!r} has none")
        if target.secure and ssl is None:
            ssl = tls.create_default_context()
        self._request_listeners: list[OnRequest] = []
        self._arrival_listeners: list[OnArrival] = []
        wiring = Wiring(
            self.policy,
            ssl,
            connect_to,
            parts.watchdog,
            parts.decoder,
            self._tell_request,
            http,
            self._tell_arrival,
        )
        self._supervisor: Supervisor = parts.supervisor(
            policy=self.policy,
            target=target,
            transports=parts.transports(wiring),
            route=parts.route(_wanted(target, transport), self.policy),
            backoff=parts.backoff(self.policy),
            position=parts.position(resume_from),
            state=self._state,
            mailbox=self._mailbox,
            judge=parts.judge,
        )
        self._task: asyncio.Task[None] | None = None
        self._failure_shown = False

    @property
    def status(self) -> Status:
        """`connecting`, `open`, `waiting`, `closed` or `unauthorized`."""
        return self._state.status

    @property
    def transport(self) -> TransportName | None:
        """The transport in use or about to be; None before the start."""
        return self._state.transport

    @property
    def last_event_id(self) -> str | None:
        """The id of the last event handed out: what another stream should resume from."""
        return self._last_event_id

    @property
    def history(self) -> list[Change]:
        """Every change of the status so far, in order."""
        return self._state.history

    @property
    def endings(self) -> list[Ending]:
        """How each connection ended so far, in order."""
        return self._supervisor.endings

    @property
    def connections(self) -> int:
        """How many attempts to connect were made."""
        return self._supervisor.connections

    @property
    def http_version(self) -> str | None:
        """`HTTP/1.1` or `HTTP/2`: of the connection that is or was last open; None before."""
        return self._supervisor.http_version

    def on_status(self, listener: Listener) -> None:
        """Call `listener` with each `Change` of the status, before anything else happens."""
        self._state.listen(listener)

    def on_request(self, listener: OnRequest) -> None:
        """Call `listener` with each request head that asks for the stream, as it is sent."""
        self._request_listeners.append(listener)

    def on_arrival(self, listener: OnArrival) -> None:
        """Call `listener` with all that comes on open streams, before it is made anything of."""
        self._arrival_listeners.append(listener)

    async def until(self, status: Status, transport: TransportName | None = None) -> Change:
        """Wait for `status` (with `transport`), unless it is so now; give it a deadline.

        Returns:
            The change that led to it, however short it lasted.
        """
        reached: asyncio.Future[Change] = asyncio.get_running_loop().create_future()

        def listener(change: Change) -> None:
            matches = change.status == status and transport in (None, change.transport)
            if matches and not reached.done():
                reached.set_result(change)

        for change in self.history[-1:]:
            listener(change)
        self._state.listen(listener)
        try:
            return await reached
        finally:
            self._state.forget(listener)

    async def __aenter__(self) -> Self:
        if self._task is not None:
            raise RuntimeError("an event stream is entered once: make a new one")
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> StreamEvent:
        event = await self._mailbox.get()
        if event is None:
            self._raise_failure()
            raise StopAsyncIteration
        if event.id:
            self._last_event_id = event.id
        return event

    async def close(self) -> None:
        """End the stream for good. Events that were not taken yet are dropped."""
        self._mailbox.end(discard=True)
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])
        self._closed("closed by the user")
        self._raise_failure()

    async def _run(self) -> None:
        try:
            await self._supervisor.run()
        except Exception as error:
            self._closed(f"failed: {error!r}")
            raise
        finally:
            self._mailbox.end()

    def _tell_request(self, head: SentHead) -> None:
        for listener in self._request_listeners:
            listener(head)

    def _tell_arrival(self, arrival: Arrival) -> None:
        for listener in self._arrival_listeners:
            listener(arrival)

    def _closed(self, reason: str) -> None:
        if self.status not in ("closed", "unauthorized"):
            self._state.to("closed", self.transport, reason)

    def _raise_failure(self) -> None:
        """Show a defect, of the client itself or of a listener, once."""
        task = self._task
        if self._failure_shown or task is None or not task.done() or task.cancelled():
            return
        error = task.exception()
        if error is not None:
            self._failure_shown = True
            raise error


def _wanted(target: Target, transport: Wanted) -> tuple[TransportName, ...]:
    if transport == "auto":
        return target.transports
    if transport not in target.transports:
        known = " or ".join(target.transports)
        raise ValueError(f"the URL leads to {known}, not to {transport!r}")
    return (transport,)
