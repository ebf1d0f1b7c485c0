"""The network below `httpx`, for a connection that carries one stream.

It differs from that of `httpcore` in two things: a farewell of the server does not end the stream,
and a connection whose TLS handshake is given up is closed. `httpcore` closes it after an error and
not after a cancellation: then it stays open, on both sides, until the loop ends.
"""

import ssl
from typing import Any

import httpcore
import httpx

from proxyproof.client.transport.farewell import Farewell


class StreamTransport(httpx.AsyncHTTPTransport):
    """The transport of `httpx` for one stream at a time."""

    def __init__(self, tls: ssl.SSLContext | None, *, http2: bool) -> None:
        super().__init__(verify=tls or False, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls, http2=http2, network_backend=_Backend()
        )


class _Backend(httpcore.AsyncNetworkBackend):
    def __init__(self) -> None:
        self._below = httpcore.AnyIOBackend()

    async def connect_tcp(self, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:  # noqa: ANN401
        return _Stream(await self._below.connect_tcp(*args, **kwargs))


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, below: httpcore.AsyncNetworkStream) -> None:
        self._below = below
        tls = below.get_extra_info("ssl_object")
        self._farewell = Farewell() if tls and tls.selected_alpn_protocol() == "h2" else None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            data = await self._below.read(max_bytes, timeout)
            if self._farewell is None or not data or (data := self._farewell.without(data)):
                return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._below.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._below.aclose()

    async def start_tls(self, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:  # noqa: ANN401
        try:
            return _Stream(await self._below.start_tls(*args, **kwargs))
        except BaseException:
            await self._below.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 -- as it is there
        return self._below.get_extra_info(info)
