"""The side towards the client: one connection, its requests one after the other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

import h11

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.message import Fields, Request, Response, ResponseHead

_FRAMING = {b"content-length", b"transfer-encoding"}
_DISCARD_LIMIT = 256 * 1024
"""Bytes of an unwanted request body that are read so that the connection can be kept."""

Handler = Callable[["Exchange"], Awaitable[None]]


@dataclass(frozen=True)
class Limits:
    """What a connection is allowed.

    Attributes:
        head_bytes: size of a request head.
        idle_seconds: time without a request.
        head_seconds: time for a request head once its first byte has come, 0 for no limit.
        body_seconds: time for a request body from the end of the head on, 0 for no limit.
    """

    head_bytes: int = 1024 * 1024
    idle_seconds: float = 120.0
    head_seconds: float = 0.0
    body_seconds: float = 0.0


class Exchange:
    """One request and the response that it is given."""

    def __init__(
        self,
        request: Request,
        channel: Channel,
        codec: h11.Connection,
        body_deadline: float | None = None,
    ) -> None:
        self._body_deadline = body_deadline
        self.request = request
        self.channel = channel
        self.status = 0
        self.answered: Fields = ()
        self.received = 0
        self._codec = codec

    @property
    def has_body(self) -> bool:
        """Whether a request body is still to be read."""
        return self._codec.their_state is h11.SEND_BODY

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the request body as it comes.

        Raises:
            h11.RemoteProtocolError: the body is malformed or ended early.
            TimeoutError: it was not complete in time.
        """
        if self._codec.they_are_waiting_for_100_continue:
            await self._send(_informational(ResponseHead(100)))
        while True:
            event = self._codec.next_event()
            if event is h11.NEED_DATA:
                async with asyncio.timeout_at(self._body_deadline):
                    self._codec.receive_data(await self.channel.read())
            elif isinstance(event, h11.Data):
                self.received += len(event.data)
                yield bytes(event.data)
            else:
                return

    async def whole_body(self) -> bytes:
        """Return the request body in one piece."""
        return b"".join([part async for part in self.body()])

    async def inform(self, head: ResponseHead) -> None:
        """Pass on an informational response other than 101."""
        if self.request.version == "1.1":
            await self._send(_informational(head))

    async def start(self, head: ResponseHead) -> None:
        """Send the head of the final response."""
        await self._send(self._final(head))

    def _final(self, head: ResponseHead) -> h11.Response:
        self.status, self.answered = head.status, head.fields
        reason = head.reason or _phrase(head.status)
        return h11.Response(status_code=head.status, headers=list(head.fields), reason=reason)

    async def send(self, data: bytes) -> None:
        """Send a part of the response body."""
        await self._send(h11.Data(data=data))

    async def end(self) -> None:
        """Complete the response."""
        await self._send(h11.EndOfMessage())

    async def answer(self, response: Response) -> None:
        """Send a whole response; what is left of the request body is read and dropped."""
        await self._discard()
        fields = (*response.fields, (b"Date", formatdate(usegmt=True).encode()))
        if response.status not in (204, 304):
            fields = (*fields, (b"Content-Length", str(len(response.body)).encode()))
        body = response.body if self.request.method != "HEAD" else b""
        # In one piece: a head that travels ahead of its body costs both sides a second turn.
        await self._send(
            self._final(ResponseHead(response.status, fields, response.reason)),
            *([h11.Data(data=body)] if body else []),
            h11.EndOfMessage(),
        )

    async def switch(self, head: ResponseHead) -> None:
        """Send a 101; from here on the channel carries bytes of another protocol (RFC 9110 7.8)."""
        self.status, self.answered = head.status, head.fields
        await self._send(_informational(head))
        self.detach()

    def detach(self) -> None:
        """Give the channel up to be read past this exchange."""
        self.channel.on_gone = None  # the end of one side is now part of what is tunnelled
        self.channel.unread(self._codec.trailing_data[0])

    async def _discard(self) -> None:
        """Read the rest of the body: closing on unread bytes would reset the response away."""
        if not self.has_body or self._codec.they_are_waiting_for_100_continue:
            return
        try:
            async for _ in self.body():
                if self.received > _DISCARD_LIMIT:
                    return
        except TimeoutError:
            return  # the answer is due all the same; then the connection is closed

    async def _send(self, *events: h11.Event) -> None:
        data = b"".join([self._codec.send(event) or b"" for event in events])
        if data:
            await self.channel.write(data)


def _informational(head: ResponseHead) -> h11.InformationalResponse:
    reason = head.reason or _phrase(head.status)
    fields = list(head.fields)
    return h11.InformationalResponse(status_code=head.status, headers=fields, reason=reason)


def _phrase(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b""


def _deadline(seconds: float) -> float | None:
    return asyncio.get_running_loop().time() + seconds if seconds else None


class Connection:
    """Serve one client connection until either side has had enough."""

    def __init__(self, channel: Channel, handle: Handler, limits: Limits) -> None:
        self._channel = channel
        self._handle = handle
        self._limits = limits
        self._codec = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.head_bytes)

    async def serve(self) -> None:
        """Serve requests; every way to end leaves the connection closed."""
        try:
            while await self._serve_one():
                self._codec.start_next_cycle()
        except h11.RemoteProtocolError as broken:
            await self._refuse(broken)
        except (OSError, TimeoutError, h11.LocalProtocolError):
            pass  # the client is gone, idle, or was told what it can no longer be untold
        finally:
            self._channel.close()

    async def _serve_one(self) -> bool:
        async with asyncio.timeout(self._limits.idle_seconds) as limit:
            request = await self._next_request(limit)
        if request is None:
            return False
        if not _FRAMING & {name.lower() for name, _ in request.fields}:
            self._codec.next_event()  # the end of a request without a body is known now
        deadline = _deadline(self._limits.body_seconds)
        exchange = Exchange(request, self._channel, self._codec, deadline)
        await self._unless_client_leaves(exchange)
        return self._codec.states == {h11.CLIENT: h11.DONE, h11.SERVER: h11.DONE}

    async def _next_request(self, limit: asyncio.Timeout) -> Request | None:
        room = self._limits.head_bytes + 1  # one more makes the codec refuse with 431
        while (event := self._codec.next_event()) is h11.NEED_DATA:
            data = await self._channel.read(room)
            if room > self._limits.head_bytes and self._limits.head_seconds:
                limit.reschedule(_deadline(self._limits.head_seconds))
            room -= len(data)
            self._codec.receive_data(data)
        return self._request(event) if isinstance(event, h11.Request) else None

    def _request(self, event: h11.Request) -> Request:
        return Request(
            method=event.method.decode("ascii"),
            target=event.target,
            fields=tuple((bytes(n), bytes(v)) for n, v in event.headers.raw_items()),
            version=event.http_version.decode("ascii"),
            peer=self._channel.peer,
            scheme="https" if self._channel.secure else "http",
        )

    async def _unless_client_leaves(self, exchange: Exchange) -> None:
        """Cancel the handler when the client leaves: what it opened upstream closes with it."""
        task = asyncio.current_task()
        assert task is not None
        if self._channel.lost:
            raise ConnectionResetError("the client left before its request was handled")
        self._channel.on_gone = task.cancel
        try:
            await self._handle(exchange)
        except asyncio.CancelledError:
            if not self._channel.gone:
                raise
            task.uncancel()
            raise ConnectionResetError("the client left before the response was complete") from None
        finally:
            self._channel.on_gone = None

    async def _refuse(self, broken: h11.RemoteProtocolError) -> None:
        """Tell a client that broke the protocol so, if no response has begun."""
        if self._channel.gone or self._codec.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        status = broken.error_status_hint
        fields = [(b"Connection", b"close"), (b"Content-Length", b"0")]
        head = h11.Response(status_code=status, headers=fields, reason=_phrase(status))
        await self._channel.write(self._codec.send(head) or b"")
