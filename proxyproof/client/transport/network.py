"""The network below `httpx`, which leaves nothing open that was given up.

`httpcore` closes a connection whose TLS handshake fails, and not one whose handshake is cancelled:
that stays open, on both sides, until the loop ends. Below a stream there is one thing more: a
farewell of the server does not end it.
"""

import ssl
from typing import Any

import httpcore
import httpx

from proxyproof.client.transport.farewell import Farewell

_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=5.0)


class Transport(httpx.AsyncHTTPTransport):
    """The transport of `httpx`, by the same limits; without a context any server is trusted."""

    def __init__(
        self, tls: ssl.SSLContext | None, *, http1: bool = True, http2: bool = False
    ) -> None:
        trust = httpx.create_ssl_context(verify=tls or False, trust_env=False)
        super().__init__(verify=trust, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust,
            http1=http1,
            http2=http2,
            max_connections=_LIMITS.max_connections,
            max_keepalive_connections=_LIMITS.max_keepalive_connections,
            keepalive_expiry=_LIMITS.keepalive_expiry,
            network_backend=self._network(),
        )

    def _network(self) -> httpcore.AsyncNetworkBackend:
        return _Network(_Connection)


class StreamTransport(Transport):
    """The transport for one stream at a time."""

    def _network(self) -> httpcore.AsyncNetworkBackend:
        return _Network(_StreamConnection)


class _Connection(httpcore.AsyncNetworkStream):
    def __init__(self, below: httpcore.AsyncNetworkStream) -> None:
        self._below = below

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._below.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._below.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._below.aclose()

    async def start_tls(self, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:  # noqa: ANN401
        try:
            return type(self)(await self._below.start_tls(*args, **kwargs))
        except BaseException:
            await self._below.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 -- as it is there
        return self._below.get_extra_info(info)


class _StreamConnection(_Connection):
    def __init__(self, below: httpcore.AsyncNetworkStream) -> None:
        super().__init__(below)
        tls = below.get_extra_info("ssl_object")
        self._farewell = Farewell() if tls and tls.selected_alpn_protocol() == "h2" else None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            data = await super().read(max_bytes, timeout)
            if self._farewell is None or not data or (data := self._farewell.without(data)):
                return data


class _Network(httpcore.AsyncNetworkBackend):
    def __init__(self, kind: type[_Connection]) -> None:
        self._below = httpcore.AnyIOBackend()
        self._kind = kind

    async def connect_tcp(self, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:  # noqa: ANN401
        return self._kind(await self._below.connect_tcp(*args, **kwargs))
