"""The side towards the origin: connections that are opened, used for one exchange and kept."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import h11

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.message import Request, ResponseHead

MAX_HEAD = 10 * 1024 * 1024
"""Bytes of a response head: the limit of Go's transport (contract 4.1)."""

MAX_IDLE = 32
"""Connections that are kept open for the next request."""


class UpstreamError(Exception):
    """The upstream cannot be reached, or broke the protocol before its response had begun."""


class UpstreamAborted(Exception):
    """The upstream broke off in the middle of its response body."""


@dataclass
class Address:
    """Where an upstream listens; `tls` is absent for plain HTTP."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    idle: list[Channel] = field(default_factory=list)

    @classmethod
    def of(cls, url: str, tls: ssl.SSLContext | None) -> "Address":
        """Return the address that an http or https URL names.

        Raises:
            UpstreamError: it names none.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise UpstreamError(f"{url!r} is no URL: {error}") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UpstreamError(f"{url!r} is no http or https URL")
        secure = parts.scheme == "https"
        return cls(parts.hostname, port or (443 if secure else 80), tls if secure else None)

    def kept(self) -> Channel | None:
        """Return an idle connection that still stands."""
        while self.idle:
            channel = self.idle.pop()
            if not channel.gone:
                return channel
            channel.close()
        return None

    async def connect(self) -> Channel:
        """Open a connection.

        Raises:
            UpstreamError: nobody answers there.
        """
        loop = asyncio.get_running_loop()
        name = self.host if self.tls else None
        try:
            _, channel = await loop.create_connection(
                Channel, self.host, self.port, ssl=self.tls, server_hostname=name
            )
        except OSError as error:
            raise UpstreamError(f"no connection to {self.host}:{self.port}: {error}") from error
        return channel

    def drop_idle(self) -> None:
        """Close what is kept."""
        while self.idle:
            self.idle.pop().abort()


class Upstream:
    """One exchange with the upstream over one connection."""

    def __init__(self, address: Address, channel: Channel, *, reused: bool) -> None:
        self.channel = channel
        self.reused = reused
        self._address = address
        self._upload: asyncio.Task[None] | None = None
        self._codec = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)

    async def send_head(self, request: Request) -> None:
        """Send the request line and fields as they are.

        Raises:
            UpstreamError: the connection is gone.
        """
        try:
            await self.channel.write(self.request_head(request))
        except OSError as error:
            raise UpstreamError(str(error)) from error

    def request_head(self, request: Request) -> bytes:
        """Return the request line and fields as bytes."""
        fields = list(request.fields)
        return self._codec.send(
            h11.Request(method=request.method, target=request.target, headers=fields)
        )

    async def send_body(self, parts: AsyncIterator[bytes] | None) -> None:
        """Send the request body beside everything else; without one the request is complete."""
        if parts is None:
            await self._end_request()
        else:
            self._upload = asyncio.create_task(self._send_parts(parts))

    async def _send_parts(self, parts: AsyncIterator[bytes]) -> None:
        try:
            async for part in parts:
                await self.channel.write(self._codec.send(h11.Data(data=part)))
            await self._end_request()
        except (OSError, h11.ProtocolError):
            self.channel.abort()  # the request can no longer be completed

    async def _end_request(self) -> None:
        data = self._codec.send(h11.EndOfMessage())
        if data:
            await self.channel.write(data)

    async def head(self) -> ResponseHead:
        """Return the next response head, informational ones and 101 included.

        Raises:
            UpstreamError: the connection ended, or what came is not HTTP.
        """
        try:
            event = await self._next_event()
        except (h11.RemoteProtocolError, OSError) as error:
            raise UpstreamError(f"no response: {error}") from error
        if not isinstance(event, h11.Response | h11.InformationalResponse):
            raise UpstreamError("the upstream closed the connection without a response")
        fields = tuple((bytes(n), bytes(v)) for n, v in event.headers.raw_items())
        return ResponseHead(event.status_code, fields, bytes(event.reason))

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the response body: each time all that has come, never waiting for more.

        Raises:
            UpstreamAborted: the body ended before its framing said so.
        """
        ended = False
        while not ended:
            data, ended = await self._arrived()
            if data:
                yield data

    async def _arrived(self) -> tuple[bytes, bool]:
        parts: list[bytes] = []
        while True:
            try:
                event = self._codec.next_event() if parts else await self._next_event()
            except (h11.RemoteProtocolError, OSError) as error:
                if parts:
                    return b"".join(parts), False
                raise UpstreamAborted(str(error)) from error
            if isinstance(event, h11.Data):
                parts.append(bytes(event.data))
            else:
                return b"".join(parts), event is not h11.NEED_DATA

    def leftover(self) -> bytes:
        """Return the bytes that came behind a 101, in its own segment perhaps."""
        return self._codec.trailing_data[0]

    @property
    def finished(self) -> bool:
        """Whether request and response are complete and the connection could be used again."""
        return self._codec.states == {h11.CLIENT: h11.DONE, h11.SERVER: h11.DONE}

    def release(self) -> None:
        """Keep the connection for the next exchange if it is fit for it, else close it."""
        if self._upload is not None:
            self._upload.cancel()
        address = self._address
        room = len(address.idle) < MAX_IDLE
        if self.finished and room and not self.channel.gone and not self.leftover():
            address.idle.append(self.channel)
        else:
            self.channel.close()

    async def _next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        while (event := self._codec.next_event()) is h11.NEED_DATA:
            self._codec.receive_data(await self.channel.read())
        return event
