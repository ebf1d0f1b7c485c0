"""Requests of the outpost itself to the provider, over the same connections that carry streams."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from proxyproof.outpost.transfer.message import Fields, Request
from proxyproof.outpost.transfer.upstream import Address, Upstream, UpstreamAborted, UpstreamError


class ProviderError(Exception):
    """The provider cannot be reached, or did not answer as the standard says."""


class TokenExpired(Exception):
    """The provider gave a token that has already run out."""


class BackChannel:
    """A small HTTP client that speaks JSON.

    Args:
        tls: for https addresses.
        timeout: seconds for one whole request.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, timeout: float = 10.0) -> None:
        self._tls = tls
        self._timeout = timeout

    async def get(self, url: str, fields: Fields = ()) -> Any:  # noqa: ANN401 (JSON)
        """Return the JSON at `url`; raises `ProviderError`."""
        return await self._fetch("GET", url, fields, b"")

    async def post(self, url: str, form: dict[str, str], fields: Fields = ()) -> Any:  # noqa: ANN401
        """Post a form and return the JSON that answers; raises `ProviderError`."""
        body = urlencode(form).encode()
        kind = (b"Content-Type", b"application/x-www-form-urlencoded")
        length = (b"Content-Length", str(len(body)).encode())
        return await self._fetch("POST", url, (kind, length, *fields), body)

    async def _fetch(self, method: str, url: str, fields: Fields, body: bytes) -> Any:  # noqa: ANN401
        try:
            async with asyncio.timeout(self._timeout):
                status, answer = await self._exchange(method, url, fields, body)
            if status != 200:
                raise ProviderError(f"{method} {_shown(url)} was answered {status}, not 200")
            return json.loads(answer)
        except (UpstreamError, UpstreamAborted, OSError, TimeoutError, ValueError) as error:
            raise ProviderError(f"{method} {_shown(url)} failed: {error}") from error

    async def _exchange(
        self, method: str, url: str, fields: Fields, body: bytes
    ) -> tuple[int, bytes]:
        address = Address.of(url, self._tls)
        upstream = Upstream(address, await address.connect(), reused=False)
        try:
            await upstream.send_head(_request(method, url, fields))
            await upstream.send_body(_parts(body) if body else None)
            head = await upstream.head()
            return head.status, b"".join([part async for part in upstream.body()])
        finally:
            upstream.channel.close()


async def _parts(body: bytes) -> AsyncIterator[bytes]:
    yield body


def _request(method: str, url: str, fields: Fields) -> Request:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    common = ((b"Host", parts.netloc.encode()), (b"Accept", b"application/json"))
    close = (b"Connection", b"close")
    return Request(method, target.encode(), (*common, *fields, close), "1.1", "", parts.scheme)


def _shown(url: str) -> str:
    return url.partition("?")[0]
