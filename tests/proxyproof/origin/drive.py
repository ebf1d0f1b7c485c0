"""Clients for the tests of the origin, none of them ours: both sides cannot share an error."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response

from proxyproof.origin import FAULTS, Origin, Settings

DEADLINE = 5.0
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # httpx reads all certificates without one
ALICE = {"X-authentik-username": "alice"}
BOB = {"X-authentik-username": "bob"}


@asynccontextmanager
async def serving(*faults: str, **settings: object) -> AsyncIterator[Origin]:
    """An origin that trusts this machine and does not linger."""
    usual = Settings(trusted_peers=("127.0.0.1",), drain=1.0, close_timeout=1.0)
    changed = replace(usual, **settings)  # type: ignore[arg-type]
    origin = Origin(changed, [FAULTS[name] for name in faults])
    async with asyncio.timeout(20), origin:
        yield origin


def http(origin: Origin) -> httpx.AsyncClient:
    """A client with the origin as its base."""
    base = f"http://127.0.0.1:{origin.port}"
    return httpx.AsyncClient(base_url=base, timeout=DEADLINE, verify=NO_TLS)


class WebSocket:
    """A WebSocket whose messages are JSON."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def next(self) -> dict[str, Any]:
        """The next message."""
        return dict(json.loads(await self.raw()))

    async def raw(self) -> str | bytes:
        """The next message as it came."""
        return await asyncio.wait_for(self.connection.recv(), DEADLINE)

    async def take(self, count: int) -> list[dict[str, Any]]:
        """The next messages."""
        return [await self.next() for _ in range(count)]

    async def say(self, **command: object) -> None:
        """Send a command."""
        await self.connection.send(json.dumps(command))

    async def ended(self) -> tuple[int | None, str | None]:
        """Close code and reason, once the connection is closed."""
        await asyncio.wait_for(self.connection.wait_closed(), DEADLINE)
        return self.connection.close_code, self.connection.close_reason


@asynccontextmanager
async def websocket(
    server: Origin,
    target: str = "/api/ws",
    fields: Mapping[str, str] | None = None,
    **options: object,
) -> AsyncIterator[WebSocket]:
    """An open WebSocket; the caller reads ``connected`` first."""
    url = f"ws://127.0.0.1:{server.port}{target}"
    usual: dict[str, Any] = {"ping_interval": None, "max_size": None}
    usual |= {"additional_headers": dict(fields or {})} | options
    async with connect(url, **usual) as connection:
        yield WebSocket(connection)


async def refused(
    server: Origin,
    target: str = "/api/ws",
    fields: Mapping[str, str] | None = None,
    **options: object,
) -> Response:
    """The response to an upgrade that is refused."""
    try:
        async with websocket(server, target, fields, **options):
            raise AssertionError("the upgrade was accepted")
    except InvalidStatus as refusal:
        return refusal.response


class EventSource:
    """An event stream read block by block."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._text = response.aiter_text()
        self._rest = ""

    async def block(self) -> str | None:
        """The next block between blank lines; None at the end of the stream."""
        while "\n\n" not in self._rest:
            more = await asyncio.wait_for(anext(self._text, None), DEADLINE)
            if more is None:
                return None
            self._rest += more
        block, _, self._rest = self._rest.partition("\n\n")
        return block

    async def next(self) -> dict[str, Any] | None:
        """The data of the next event; None at the end of the stream."""
        while (block := await self.block()) is not None:
            for line in block.splitlines():
                if line.startswith("data: "):
                    return dict(json.loads(line.removeprefix("data: ")))
        return None

    async def take(self, count: int) -> list[dict[str, Any]]:
        """The next events."""
        return [await self.next() or {} for _ in range(count)]


@asynccontextmanager
async def event_source(
    origin: Origin,
    target: str = "/api/events",
    fields: Mapping[str, str] | None = None,
    method: str = "GET",
) -> AsyncIterator[EventSource]:
    """An open event stream."""
    async with (
        http(origin) as client,
        client.stream(method, target, headers=dict(fields or {})) as response,
    ):
        yield EventSource(response)


class Raw:
    """A TCP connection on which a test writes bytes itself."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.writer.write(data)

    async def head(self) -> str:
        """The head of a response."""
        return (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), DEADLINE)).decode()

    async def rest(self) -> bytes:
        """Everything until the connection ends."""
        return await asyncio.wait_for(self.reader.read(), DEADLINE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()


async def raw(origin: Origin, request: str = "", *, window: int = 2**16) -> Raw:
    """A TCP connection, on which the lines of a request were sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", origin.port, limit=window)
    connection = Raw(reader, writer)
    if request:
        connection.send(("\r\n".join(request.splitlines()) + "\r\n\r\n").encode())
    return connection


UPGRADE = """GET {target} HTTP/1.1
Host: 127.0.0.1
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Version: 13
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="""


async def opened(origin: Origin, count: int = 1, token: str = "") -> None:
    """Wait until so many streams of a token were opened."""
    await origin.ledger.of(token).until(lambda case: len(case.opened) >= count, DEADLINE)


async def closed(origin: Origin, count: int = 1, token: str = "") -> None:
    """Wait until so many streams of a token ended."""
    await origin.ledger.of(token).until(lambda case: len(case.closed) >= count, DEADLINE)
