"""A server that is about to go says GOAWAY, and serves what is open to its end (RFC 9113 6.8).

`h2` and `httpcore` take any GOAWAY for the end of everything. Each connection here carries one
stream and opens no other, so that a graceful GOAWAY says nothing to it: it is left out.
"""

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

_HEAD = 9  # octets of a frame's head (RFC 9113 4.1)
_GOAWAY = 7
_NO_ERROR = 0


class Farewell:
    """Takes the bytes of HTTP/2 frames and gives them back without graceful farewells."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def without(self, data: bytes) -> bytes:
        """The whole frames that there are now, without a GOAWAY that leaves the stream open."""
        self._waiting += data
        kept = bytearray()
        while len(self._waiting) >= _HEAD:
            end = _HEAD + int.from_bytes(self._waiting[:3])
            if len(self._waiting) < end:
                break
            if not _is_graceful(self._waiting[:end]):
                kept += self._waiting[:end]
            del self._waiting[:end]
        return bytes(kept)


class StayingTransport(httpx.AsyncHTTPTransport):
    """The transport of `httpx` for one stream at a time, which a farewell does not end."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        super().__init__(verify=tls or False, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls, http2=True, network_backend=_Backend()
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
        return _Stream(await self._below.start_tls(*args, **kwargs))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 -- as it is there
        return self._below.get_extra_info(info)


def _is_graceful(frame: Iterable[int]) -> bool:
    octets = bytes(frame)
    last = int.from_bytes(octets[_HEAD : _HEAD + 4]) & 0x7FFFFFFF
    code = int.from_bytes(octets[_HEAD + 4 : _HEAD + 8])
    return octets[3] == _GOAWAY and code == _NO_ERROR and last > 0
