"""A relay that listens, and the ways in which these tests reach it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import httpx
from websockets.asyncio.client import connect

from proxyproof.outpost.transfer.frames import Frame
from proxyproof.relay import FaultyRelay
from tests.proxyproof.outpost.deployment import (
    DEADLINE,
    HANDSHAKE,
    Raw,
    plain_client,
    raw_connection,
)


@dataclass
class Hop:
    """One relay before the application."""

    relay: FaultyRelay

    def client(self, **fields: str) -> httpx.AsyncClient:
        return plain_client(f"http://127.0.0.1:{self.relay.port}", fields)

    def websocket(self, path: str = "/ws", **options: object) -> connect:
        url = f"ws://127.0.0.1:{self.relay.port}{path}"
        return connect(url, open_timeout=DEADLINE, **options)  # type: ignore[arg-type]

    @asynccontextmanager
    async def raw(self) -> AsyncIterator[Raw]:
        async with raw_connection(self.relay.port) as raw:
            yield raw

    @asynccontextmanager
    async def switched(self, target: str, *sent: Frame) -> AsyncIterator[Raw]:
        """A WebSocket on which frames were sent, all in one write."""
        async with self.raw() as raw:
            await raw.send(self.upgrade(target))
            await raw.head()
            await raw.send(b"".join(frame.as_bytes() for frame in sent).decode("latin-1"))
            yield raw

    def get(self, target: str, *fields: str) -> str:
        """Return a GET request as text."""
        return "\r\n".join([f"GET {target} HTTP/1.1", "Host: app.test", *fields]) + "\r\n\r\n"

    def upgrade(self, target: str) -> str:
        """Return an opening handshake as text."""
        return self.get(target, HANDSHAKE.removesuffix("\r\n"))


class Relayed(Protocol):
    """Starts a relay with faults, and with some of its parts set."""

    async def __call__(self, *faults: str, target: str = "", **parts: float) -> Hop: ...
