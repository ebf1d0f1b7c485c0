import asyncio
from contextlib import suppress

import pytest
from websockets.exceptions import InvalidStatus

from proxyproof.client import EventStream
from proxyproof.client.transport.version import OFFER, Connect, Offering, learn_offer
from proxyproof.wire.handshake import accept_value
from proxyproof.wire.head import RequestHead
from tests.proxyproof.client.transport.http2_server import DEADLINE, serving
from tests.proxyproof.client.transport.test_tunnel import connecting, opens, refuses


async def test_an_offer_is_learnt_and_used() -> None:
    async with serving(opens) as (server, trust):
        offered = await learn_offer("app.test", 443, trust, ("127.0.0.1", server.port))
        async with connecting(server, trust):
            pass

    assert offered
    assert server.connections == 2


@pytest.mark.parametrize("alpn", ["h2", "http/1.1"])
async def test_a_server_without_the_offer_is_asked_once(alpn: str) -> None:
    # The double speaks no HTTP/1.1, so that every handshake in it fails.
    async with serving(opens, alpn=alpn, offers=False) as (server, trust):
        for _ in range(2):
            with pytest.raises(Exception, match=r"valid HTTP|timed out"):
                await connecting(server, trust, open_timeout=0.5)

    assert server.connections == 3
    assert server.heads == []


async def test_a_server_that_hangs_up_is_not_taken_for_one_without_the_offer() -> None:
    async with serving(refuses) as (server, trust):
        with pytest.raises(InvalidStatus):
            await connecting(server, trust)
        with pytest.raises(InvalidStatus):
            await connecting(server, trust)

    assert len(server.heads) == 2


async def test_an_opening_that_is_given_up_leaves_nothing() -> None:
    async with serving(opens) as (server, trust):
        asked = asyncio.ensure_future(connecting(server, trust).connect())
        await server.until(lambda: server.connections == 1)
        asked.cancel()
        await asyncio.wait([asked], timeout=DEADLINE)

    assert asked.cancelled()


async def test_what_a_context_offers_to_others_stays() -> None:
    async with serving(opens) as (server, trust):
        Offering(trust, ("http/1.1",))
        async with connecting(server, trust) as connection:
            chosen = connection.transport.get_extra_info("ssl_object").selected_alpn_protocol()

    assert chosen == OFFER[0]


def test_http2_needs_tls() -> None:
    with pytest.raises(ValueError, match="agreed on in the TLS handshake"):
        EventStream("http://localhost:8000", http="2")


async def test_a_closing_that_is_given_up_ends_the_connection() -> None:
    closing, ended = asyncio.Event(), asyncio.Event()

    async def let_in_and_say_nothing(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        asked = RequestHead.parse(await reader.readuntil(b"\r\n\r\n"))
        accepted = accept_value(asked.get("Sec-WebSocket-Key") or "")
        writer.write(b"HTTP/1.1 101 \r\nConnection: upgrade\r\nUpgrade: websocket\r\n")
        writer.write(f"Sec-WebSocket-Accept: {accepted}\r\n\r\n".encode())
        await reader.readexactly(1)
        closing.set()
        with suppress(ConnectionResetError):
            await reader.read()
        ended.set()
        writer.close()

    async with await asyncio.start_server(let_in_and_say_nothing, "127.0.0.1", 0) as server:
        connection = await Connect(
            f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/", proxy=None, close_timeout=60.0
        )
        leaving = asyncio.create_task(connection.close())
        await closing.wait()
        leaving.cancel()
        async with asyncio.timeout(DEADLINE):
            await ended.wait()

    assert leaving.cancelled()
