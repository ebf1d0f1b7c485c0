import asyncio

import pytest
from websockets.exceptions import InvalidStatus

from proxyproof.client import EventStream
from proxyproof.client.transport.version import OFFER, Offering, learn_offer
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
