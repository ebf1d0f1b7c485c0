import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import httpx
import oidc_provider_mock
import pytest
import werkzeug.serving
from aiohttp import web

from proxyproof.outpost.journal import Journal
from proxyproof.outpost.server import Outpost
from proxyproof.outpost.settings import parse

SECRET = "0123456789abcdef0123456789abcdef"

Start = Callable[..., Any]


def pytest_configure(config: pytest.Config) -> None:
    # Authlib below the provider speaks of its own next version; nothing of ours calls it.
    config.addinivalue_line("filterwarnings", "ignore:get_jwt_config:DeprecationWarning")


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    server = werkzeug.serving.make_server("127.0.0.1", 0, oidc_provider_mock.app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    claims = {
        "preferred_username": "alice",
        "name": "Alice",
        "email": "alice@example.com",
        "groups": ["dev", "ops"],
    }
    httpx.put(f"{url}/users/alice", json=claims).raise_for_status()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Upstream:
    """An application that shows what it was sent."""

    url: str = ""
    heads: list[tuple[bytes, list[tuple[str, str]]]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    def fields(self, name: str) -> list[str]:
        return [value for key, value in self.heads[-1][1] if key.lower() == name.lower()]


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    known = Upstream()

    @web.middleware
    async def note(request: web.Request, handler: Any) -> web.StreamResponse:
        raw = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in request.raw_headers]
        known.heads.append((request.raw_path.encode(), raw))
        response: web.StreamResponse = await handler(request)
        return response

    async def show(request: web.Request) -> web.Response:
        body = await request.read()
        response = web.Response(body=body or b"hello")
        response.headers.add("Set-Cookie", "a=1")
        response.headers.add("Set-Cookie", "b=2")
        return response

    async def events(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            await response.write(b"data: first\n\n")
            await known.gate.wait()
            await response.write(b"data: second\n\n")
        finally:
            known.left.set()
        return response

    async def socket(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(protocols=("news",))
        await ws.prepare(request)
        async for message in ws:
            if message.data == "bye":
                await ws.close(code=4401, message=b"session ended")
            elif isinstance(message.data, str):
                await ws.send_str(message.data)
            else:
                await ws.send_bytes(message.data)
        known.left.set()
        return ws

    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=int(request.match_info["status"]), text="no stream here")

    app = web.Application(middlewares=[note])
    app.router.add_get("/events", events)
    app.router.add_get("/ws", socket)
    app.router.add_get("/refuse/{status}", refuse)
    app.router.add_route("*", "/{rest:.*}", show)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    known.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield known
    known.gate.set()
    await runner.cleanup()


@dataclass
class Deployed:
    """An outpost that listens, and how to reach it."""

    outpost: Outpost
    log: StringIO
    external: str = "http://app.test:9000"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.outpost.port}"

    @property
    def control(self) -> str:
        return f"http://127.0.0.1:{self.outpost.control_port}"

    @property
    def host(self) -> dict[str, str]:
        return {"Host": urlsplit(self.external).netloc}

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, headers=self.host, timeout=5)

    async def login(self, client: httpx.AsyncClient, sub: str = "alice") -> httpx.Response:
        """Walk through the login as a browser does; the client's jar then holds the session."""
        started = await client.get("/outpost.goauthentik.io/start", params={"rd": "/page?x=1"})
        async with httpx.AsyncClient() as browser:
            form = await browser.post(started.headers["location"], data={"sub": sub})
        back = urlsplit(form.headers["location"])
        return await client.get(f"{back.path}?{back.query}")

    async def cookie(self, sub: str = "alice") -> str:
        """Log in and return the value of the Cookie field."""
        async with self.client() as client:
            await self.login(client, sub)
            return "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)


@pytest.fixture
async def deploy(issuer: str, upstream: Upstream) -> AsyncIterator[Start]:
    async with AsyncExitStack() as stack:

        async def start(**changes: Any) -> Deployed:
            table = {
                "listen": "127.0.0.1:0",
                "control": "127.0.0.1:0",
                "external_host": "http://app.test:9000",
                "internal_host": upstream.url,
                "client_id": "client",
                "client_secret": "secret-secret-secret-secret-secret",
                "cookie_secret": SECRET,
                "issuer": issuer,
                **changes,
            }
            log = StringIO()
            outpost = Outpost(parse(table), Journal(log))
            return Deployed(await stack.enter_async_context(outpost), log)

        yield start
