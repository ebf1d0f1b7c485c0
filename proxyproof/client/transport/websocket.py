"""The stream over WebSocket (RFC 6455), on the asyncio client of `websockets`."""

from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.frames import Close, Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import Event

from proxyproof.client.message import Batch, Message, read_event
from proxyproof.client.transport.answer import refusal
from proxyproof.client.transport.channel import Arrival, OnArrival, SentHead, Wiring
from proxyproof.client.transport.ending import Cause, Ended, Ending
from proxyproof.client.transport.target import Request
from proxyproof.client.transport.tunnel import Tunnel
from proxyproof.client.transport.version import Connect, Connection, version_of
from proxyproof.client.transport.watchdog import Silence, Watchdog


class _Connection(Connection):
    """A connection whose every byte, pings included, is a sign of life."""

    watchdog: Watchdog | None = None
    on_arrival: OnArrival | None = None

    def data_received(self, data: bytes) -> None:
        if self.watchdog is not None:
            self.watchdog.feed()
        super().data_received(data)

    def process_event(self, event: Event) -> None:
        if self.on_arrival is not None and isinstance(event, Frame):
            self.on_arrival(_arrival(event))
        super().process_event(event)


class _Connect(Connect):
    """An opening handshake that shows a redirect as the refusal that it is, as browsers do."""

    opened: ClientConnection | None = None
    on_arrival: OnArrival | None = None

    async def open_tcp_connection(self) -> ClientConnection:
        self.opened = await super().open_tcp_connection()
        if isinstance(self.opened, _Connection):
            self.opened.on_arrival = self.on_arrival
        return self.opened

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class WebSocketChannel:
    """One open WebSocket."""

    def __init__(self, connection: ClientConnection, watchdog: Watchdog, wiring: Wiring) -> None:
        self.connection = connection
        self._watchdog = watchdog
        self._policy = wiring.policy

    @property
    def http_version(self) -> str:
        """The version that the handshake was made in."""
        return version_of(self.connection)

    async def receive(self) -> Batch:
        """Await the next message; the greeting is no event, but may tell the position."""
        try:
            raw = await self._watchdog.watch(self.read())
        except Silence as silence:
            # Nobody would answer a closing handshake.
            self.connection.transport.abort()
            raise Ended(_ended(Cause.SILENT, str(silence))) from None
        except ConnectionClosed as closed:
            raise Ended(self.ending(closed)) from None
        event = read_event(raw, self._policy.clock())
        if event.type == "connected":
            return Batch(position=_text(event.data.get("lastEventId")))
        position = _text(event.data.get("id"))
        return Batch((Message(event, position),), position)

    async def read(self) -> str:
        """Await one message, its fragments put together."""
        message = await self.connection.recv()
        return message if isinstance(message, str) else message.decode("utf-8", "replace")

    async def close(self) -> None:
        """Perform the closing handshake; its time is bounded by the policy."""
        await self.connection.close()

    def ending(self, closed: ConnectionClosed) -> Ending:
        """Describe the end of the connection."""
        if closed.rcvd is not None:
            return _ended(
                Cause.CLOSED,
                f"closed: {closed.rcvd.code} {closed.rcvd.reason}".rstrip(),
                code=closed.rcvd.code,
                reason=closed.rcvd.reason,
            )
        if closed.sent is not None:
            detail = f"failed by the client: {closed.sent.code} {closed.sent.reason}".rstrip()
            return _ended(Cause.ABORTED, detail, code=1006)
        return _ended(Cause.ABORTED, "cut off without a close frame", code=1006)


class WebSocketTransport:
    """Opens WebSockets."""

    channel = WebSocketChannel

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring

    async def open(self, request: Request) -> WebSocketChannel:
        """Perform the opening handshake."""
        try:
            connection = await self._handshake(request)
        except InvalidStatus as refused:
            raise Ended(_refusal(request, refused.response)) from None
        except InvalidHandshake as broken:
            reason = broken.__cause__ or broken
            raise Ended(_ended(Cause.BROKEN, f"no valid handshake: {reason}")) from None
        except TimeoutError:
            seconds = self._wiring.policy.open_timeout
            raise Ended(_ended(Cause.TIMEOUT, f"no answer within {seconds} s")) from None
        except OSError as error:
            raise Ended(_ended(Cause.UNREACHABLE, f"unreachable: {error}")) from None
        watchdog = self._wiring.watchdog(self._wiring.policy.watchdog_seconds)
        connection.watchdog = watchdog
        return self.channel(connection, watchdog, self._wiring)

    async def _handshake(self, request: Request) -> _Connection:
        policy = self._wiring.policy
        opening = _Connect(
            request.url,
            http=self._wiring.http,
            additional_headers=request.fields,
            proxy=None,
            open_timeout=policy.open_timeout,
            close_timeout=policy.close_timeout,
            # The origin's heartbeat keeps the connection alive: a browser cannot ping either.
            ping_interval=None,
            max_size=policy.max_message,
            create_connection=_Connection,
            **self._dialling(request),
        )
        opening.on_arrival = self._wiring.on_arrival
        try:
            connection = await opening
        finally:
            self._tell_request(opening)
        assert isinstance(connection, _Connection)
        return connection

    def _tell_request(self, opening: _Connect) -> None:
        if (asked := sent_head(opening.opened)) is not None:
            self._wiring.on_request(asked)

    def _dialling(self, request: Request) -> dict[str, Any]:
        options: dict[str, Any] = {}
        if request.url.startswith("wss:"):
            options["ssl"] = self._wiring.tls
        if self._wiring.connect_to is not None:
            options["host"], options["port"] = self._wiring.connect_to
        return options


def sent_head(connection: ClientConnection | None) -> SentHead | None:
    """The head of the opening handshake as it was sent; None if it was not."""
    if connection is None or connection.request is None:
        return None
    if isinstance(connection.transport, Tunnel):
        return connection.transport.asked
    return SentHead("GET", connection.request.path, tuple(connection.request.headers.raw_items()))


def _arrival(frame: Frame) -> Arrival:
    """A frame of data as it came; of another it counts alone that it was there."""
    if frame.opcode is Opcode.CLOSE:
        return Arrival(end=str(Close.parse(frame.data)) if frame.data else "closed without a code")
    if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
        return Arrival(bytes(frame.data), final=frame.fin)
    return Arrival(final=False)


def _ended(cause: Cause, detail: str, *, code: int | None = None, reason: str = "") -> Ending:
    return Ending(transport="websocket", cause=cause, detail=detail, code=code, reason=reason)


def _refusal(request: Request, response: Response) -> Ending:
    def field(name: str) -> str:
        values = response.headers.get_all(name)
        return values[0] if values else ""

    return refusal("websocket", request.url, response.status_code, field, bytes(response.body))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
