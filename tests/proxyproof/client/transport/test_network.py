import asyncio
import ssl

import httpx
import pytest

from proxyproof.client.transport.network import StreamTransport, Transport
from tests.proxyproof.client.stage import DEADLINE


@pytest.mark.parametrize("kind", [Transport, StreamTransport])
@pytest.mark.parametrize("http2", [False, True])
async def test_handshake_that_is_given_up_ends_the_connection(
    kind: type[Transport], http2: bool
) -> None:
    greeted, ended = asyncio.Event(), asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(1)
        greeted.set()
        await reader.read()
        ended.set()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with kind(ssl.create_default_context(), http2=http2) as transport:
            opening = asyncio.create_task(
                transport.handle_async_request(httpx.Request("GET", f"https://127.0.0.1:{port}/"))
            )
            await greeted.wait()
            opening.cancel()
            async with asyncio.timeout(DEADLINE):
                await ended.wait()

    assert opening.cancelled()
