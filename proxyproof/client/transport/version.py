"""Which version of HTTP is spoken: what is offered by ALPN, and where a WebSocket goes then."""

import asyncio
import ssl
import weakref
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.frames import CloseCode

from proxyproof.client.policy import HttpVersion
from proxyproof.client.transport.http2 import Http2Connection
from proxyproof.client.transport.tunnel import Tunnel

OFFER = ("h2", "http/1.1")
_OWN = ("http/1.1",)


class Offering(ssl.SSLContext):
    """A context that offers these protocols by ALPN on one connection, whatever others offer.

    What is offered belongs to a context and not to a connection. It is set just before the
    connection takes it over, and set back to `OFFER` after.
    """

    def __new__(cls, below: ssl.SSLContext, offer: tuple[str, ...]) -> "Offering":  # noqa: D102
        del below, offer
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def __init__(self, below: ssl.SSLContext, offer: tuple[str, ...]) -> None:
        self._below, self._offer = below, offer

    def wrap_bio(self, *args: Any, **kwargs: Any) -> ssl.SSLObject:  # noqa: ANN401 -- as it is there
        """Begin a TLS session with the offer."""
        self._below.set_alpn_protocols(self._offer)
        try:
            return self._below.wrap_bio(*args, **kwargs)
        finally:
            self._below.set_alpn_protocols(OFFER)


class Connection(ClientConnection):
    """A connection that is gone when its closing handshake is given up.

    `websockets` leaves it open then: until the loop ends, and with nobody to close it.
    """

    async def close(
        self, code: CloseCode | int = CloseCode.NORMAL_CLOSURE, reason: str = ""
    ) -> None:
        """Perform the closing handshake."""
        try:
            await super().close(code, reason)
        except asyncio.CancelledError:
            self.transport.abort()
            raise


class Connect(connect):
    """An opening handshake in the version of HTTP that was asked for.

    For `2` it is an extended CONNECT where the server offers that in its SETTINGS. Where it does
    not, the handshake goes over an HTTP/1.1 connection of its own, as in browsers (RFC 8441 3).
    """

    def __init__(self, uri: str, *, http: HttpVersion = "1.1", **options: Any) -> None:  # noqa: ANN401
        super().__init__(uri, **{"create_connection": Connection, **options})
        self._http = http

    async def open_tcp_connection(self) -> ClientConnection:
        """Open the connection that the handshake is made on."""
        if self._http == "1.1":
            return await super().open_tcp_connection()
        options = dict(self.create_connection_kwargs)
        tls: ssl.SSLContext = options.pop("ssl")
        server = _Server(tls, self.ws_uri.host, self.ws_uri.port, options)
        http2 = None if server.is_known_not_to_offer() else await server.http2()
        if http2 is not None:
            connection = self.factory(self.ws_uri)
            connection.connection_made(Tunnel(http2, connection))
            return connection
        self.create_connection_kwargs["ssl"] = Offering(tls, _OWN)
        try:
            return await super().open_tcp_connection()
        finally:
            self.create_connection_kwargs["ssl"] = tls


def version_of(connection: ClientConnection) -> str:
    """`HTTP/2` for a WebSocket on a stream of HTTP/2, else `HTTP/1.1`."""
    return "HTTP/2" if isinstance(connection.transport, Tunnel) else "HTTP/1.1"


async def learn_offer(
    host: str, port: int, tls: ssl.SSLContext, connect_to: tuple[str, int] | None = None
) -> bool:
    """Find out whether a server offers WebSockets over HTTP/2, so that no stream has to.

    Who does not is remembered with the context, as a browser remembers it with a session: the next
    WebSocket goes over HTTP/1.1 at once.

    Raises:
        OSError: nobody is there.
    """
    options = dict(zip(("host", "port"), connect_to, strict=True)) if connect_to else {}
    http2 = await _Server(tls, host, port, options).http2()
    if http2 is None:
        return False
    await _drop(http2)
    return True


_without: weakref.WeakKeyDictionary[ssl.SSLContext, set[tuple[str, int]]] = (
    weakref.WeakKeyDictionary()
)


@dataclass(frozen=True)
class _Server:
    """Whoever answers at a host and port, by a context; `options` are `create_connection`'s."""

    tls: ssl.SSLContext
    host: str
    port: int
    options: dict[str, Any]

    def is_known_not_to_offer(self) -> bool:
        """Whether it was asked before, and offered no WebSocket over HTTP/2."""
        return (self.host, self.port) in _without.get(self.tls, ())

    async def http2(self) -> Http2Connection | None:
        """An HTTP/2 connection if it offers WebSockets there; None if it does not."""
        where = {"host": self.host, "port": self.port, "server_hostname": self.host}
        loop = asyncio.get_running_loop()
        offering = Offering(self.tls, OFFER)
        options = {**where, **self.options}
        _, http2 = await loop.create_connection(Http2Connection, ssl=offering, **options)
        try:
            if await http2.offered:
                return http2
        except BaseException:
            http2.transport.abort()
            raise
        if not http2.lost.done():
            _without.setdefault(self.tls, set()).add((self.host, self.port))
        await _drop(http2)
        return None


async def _drop(http2: Http2Connection) -> None:
    http2.transport.abort()
    await http2.lost
