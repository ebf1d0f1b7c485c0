"""An outpost that listens, and the ways in which these tests reach it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import StringIO
from typing import Protocol
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect

from proxyproof.outpost.relay import Relay
from proxyproof.outpost.server import Outpost
from proxyproof.outpost.sessions.store import Session

DEADLINE = 5.0
HANDSHAKE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
)


def plain_client(base_url: str = "", headers: dict[str, str] | None = None) -> httpx.AsyncClient:
    """Return a client for plain HTTP: it loads no certificates, which takes longer than a test."""
    return httpx.AsyncClient(base_url=base_url, headers=headers, timeout=DEADLINE, verify=False)


async def token(issuer: str, sub: str = "alice") -> str:
    """Get an access token from the provider as a client without a browser would."""
    query = {
        "client_id": "client",
        "redirect_uri": "http://app.test",
        "response_type": "code",
        "scope": "openid profile email",
    }
    async with plain_client() as client:
        form = await client.post(f"{issuer}/oauth2/authorize", params=query, data={"sub": sub})
        code = httpx.URL(form.headers["location"]).params["code"]
        grant = {"grant_type": "authorization_code", "redirect_uri": "http://app.test"}
        answer = await client.post(
            f"{issuer}/oauth2/token", data={**grant, "code": code}, auth=("client", "secret")
        )
    access_token: str = answer.json()["access_token"]
    return access_token


@dataclass
class Raw:
    """A connection on which a test writes and reads bytes itself."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, text: str) -> None:
        self.writer.write(text.encode("latin-1"))
        await self.writer.drain()

    async def head(self) -> str:
        """Return the next response head without its last empty line."""
        async with asyncio.timeout(DEADLINE):
            data = await self.reader.readuntil(b"\r\n\r\n")
        return data.decode("latin-1").removesuffix("\r\n\r\n")

    async def take(self, size: int) -> bytes:
        async with asyncio.timeout(DEADLINE):
            return await self.reader.readexactly(size)

    async def rest(self) -> bytes:
        """Return everything until the other side ends."""
        async with asyncio.timeout(DEADLINE):
            return await self.reader.read()


@asynccontextmanager
async def raw_connection(port: int) -> AsyncIterator[Raw]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Raw(reader, writer)
    finally:
        writer.transport.abort()


@dataclass
class Deployed:
    """An outpost that listens."""

    outpost: Outpost
    log: StringIO

    @property
    def external(self) -> str:
        return self.outpost.settings.external_host

    @property
    def authority(self) -> str:
        return urlsplit(self.external).netloc

    @property
    def control(self) -> str:
        return f"http://127.0.0.1:{self.outpost.control_port}"

    @property
    def relay(self) -> Relay:
        """The relay of an outpost in proxy mode."""
        assert self.outpost.relay is not None
        return self.outpost.relay

    def client(self, cookie: str = "") -> httpx.AsyncClient:
        """Return a client that keeps cookies, with a Cookie field if given."""
        headers = {"Host": self.authority, **({"Cookie": cookie} if cookie else {})}
        url = f"http://127.0.0.1:{self.outpost.port}"
        return plain_client(base_url=url, headers=headers)

    def user(self, sub: str = "alice", seconds: float = 60, **claims: object) -> str:
        """Make a session without a login and return its Cookie value."""
        session = Session.new(seconds)
        known = {"sub": sub, "preferred_username": sub, **claims}
        self.outpost.store.save(Session(session.id, session.expires_at, sub, known, "raw.jwt"))
        value = self.outpost.cookie.write(session)[1].decode()
        return value.partition(";")[0]

    async def login(self, client: httpx.AsyncClient, sub: str = "alice") -> httpx.Response:
        """Walk through a login as a browser does; returns the answer of the callback."""
        return await client.get(await self.code(client, sub))

    async def code(self, client: httpx.AsyncClient, sub: str = "alice") -> str:
        """Begin a login and return the path and query that the provider sends the browser to."""
        started = await client.get("/outpost.goauthentik.io/start", params={"rd": "/page?x=1"})
        async with plain_client() as browser:
            form = await browser.post(started.headers["location"], data={"sub": sub})
        back = urlsplit(form.headers["location"])
        return f"{back.path}?{back.query}"

    def websocket(self, path: str = "/ws", cookie: str = "", **options: object) -> connect:
        return connect(
            f"ws://{self.authority}{path}",
            host="127.0.0.1",
            port=self.outpost.port,
            additional_headers={"Cookie": cookie} if cookie else {},
            open_timeout=DEADLINE,
            **options,  # type: ignore[arg-type]
        )

    @asynccontextmanager
    async def raw(self) -> AsyncIterator[Raw]:
        async with raw_connection(self.outpost.port) as raw:
            yield raw

    def get(self, target: str, *fields: str, version: str = "1.1") -> str:
        """Return a GET request as text."""
        lines = [f"GET {target} HTTP/{version}", f"Host: {self.authority}", *fields]
        return "\r\n".join(lines) + "\r\n\r\n"

    def upgrade(self, target: str, cookie: str, *fields: str) -> str:
        """Return an opening handshake as text."""
        return self.get(target, f"Cookie: {cookie}", HANDSHAKE.removesuffix("\r\n"), *fields)


class Deploy(Protocol):
    """Starts an outpost with some keys of the configuration changed."""

    async def __call__(self, **changes: object) -> Deployed: ...


Socket = ClientConnection
