"""Which version of HTTP is spoken: what is offered by ALPN, and where a WebSocket goes then."""

import asyncio
import ssl
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from proxyproof.client.policy import HttpVersion
from proxyproof.client.transport.tunnel import Leg, Tunnel

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


class Connect(connect):
    """An opening handshake in the version of HTTP that was asked for.

    For `2` it is an extended CONNECT where the server offers that in its SETTINGS. Where it does
    not, the handshake goes over an HTTP/1.1 connection of its own, as in browsers (RFC 8441 3).
    """

    def __init__(self, uri: str, *, http: HttpVersion = "1.1", **options: Any) -> None:  # noqa: ANN401
        super().__init__(uri, **options)
        self._http = http

    async def open_tcp_connection(self) -> ClientConnection:
        """Open the connection that the handshake is made on."""
        if self._http == "1.1":
            return await super().open_tcp_connection()
        options = dict(self.create_connection_kwargs)
        tls = options.pop("ssl")
        leg = await _leg(tls, self.ws_uri.host, self.ws_uri.port, options)
        if leg is not None:
            connection = self.factory(self.ws_uri)
            connection.connection_made(Tunnel(leg, connection))
            return connection
        self.create_connection_kwargs["ssl"] = Offering(tls, _OWN)
        try:
            return await super().open_tcp_connection()
        finally:
            self.create_connection_kwargs["ssl"] = tls


def version_of(connection: ClientConnection) -> str:
    """`HTTP/2` for a WebSocket on a stream of HTTP/2, else `HTTP/1.1`."""
    return "HTTP/2" if isinstance(connection.transport, Tunnel) else "HTTP/1.1"


async def _leg(tls: ssl.SSLContext, host: str, port: int, options: dict[str, Any]) -> Leg | None:
    """An HTTP/2 connection to a server that offers the extended CONNECT; None if it does not."""
    where = {"host": host, "port": port, "server_hostname": host, **options}
    loop = asyncio.get_running_loop()
    _, leg = await loop.create_connection(Leg, ssl=Offering(tls, OFFER), **where)
    try:
        if await leg.offered:
            return leg
    except BaseException:
        leg.transport.abort()
        raise
    leg.transport.abort()
    await leg.lost
    return None
