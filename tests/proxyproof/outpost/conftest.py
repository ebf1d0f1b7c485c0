import asyncio
import importlib
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from io import StringIO

import httpx
import jwt
import pytest
import werkzeug.serving
from aiohttp import web

from proxyproof.outpost.journal import Journal
from proxyproof.outpost.server import Outpost
from proxyproof.outpost.settings import parse
from tests.proxyproof.outpost.application import Application, build
from tests.proxyproof.outpost.deployment import Deploy, Deployed, token
from tests.proxyproof.outpost.scripts import Script

ALICE = {
    "preferred_username": "alice",
    "name": "Alice",
    "email": "alice@example.com",
    "groups": ["dev", "ops"],
}


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    provider = importlib.import_module("oidc_provider_mock").app()
    server = werkzeug.serving.make_server("127.0.0.1", 0, provider, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    httpx.put(f"{url}/users/alice", json=ALICE).raise_for_status()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
async def bearer(issuer: str) -> str:
    """An Authorization value with a token of alice."""
    return f"Bearer {await token(issuer)}"


@pytest.fixture
def expired_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each token of the provider has run out when it is read; our own are as they were."""
    real = jwt.decode

    def decode_later(*args: object, **options: object) -> object:
        if "audience" in options:
            raise jwt.ExpiredSignatureError("signature has expired")
        return real(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(jwt, "decode", decode_later)


@pytest.fixture
async def application() -> AsyncIterator[Application]:
    known = Application()
    runner = web.AppRunner(build(known), shutdown_timeout=0, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    known.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield known
    known.gate.set()
    await runner.cleanup()


@pytest.fixture
async def scripted() -> AsyncIterator[Callable[[Script], Awaitable[str]]]:
    """Start an origin that does on each connection just what the script says."""
    async with AsyncExitStack() as stack:

        async def start(script: Script) -> str:
            async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                try:
                    await script(reader, writer)
                finally:
                    writer.close()

            server = await asyncio.start_server(once, "127.0.0.1", 0)
            stack.callback(server.close)
            return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

        yield start


@pytest.fixture
async def deploy(application: Application) -> AsyncIterator[Deploy]:
    async with AsyncExitStack() as stack:

        async def start(**changes: object) -> Deployed:
            table = {
                "listen": "127.0.0.1:0",
                "control": "127.0.0.1:0",
                "external_host": "http://app.test:9000",
                "internal_host": application.url,
                "client_id": "client",
                "client_secret": "secret-secret-secret-secret-secret",
                "cookie_secret": "0123456789abcdef0123456789abcdef",
                "issuer": "http://127.0.0.1:1",
                **changes,
            }
            log = StringIO()
            outpost = Outpost(parse(table), Journal(log))
            return Deployed(await stack.enter_async_context(outpost), log)

        yield start
