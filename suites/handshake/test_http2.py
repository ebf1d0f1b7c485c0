"""Streams over HTTP/2: RFC 8441 for WebSockets, RFC 9113 section 5.1.2 for many on a connection."""

import pytest

from fixtures.client import Client
from fixtures.http2 import http2
from fixtures.origin import OriginActor
from proxy.model import Feature
from suites.requirement import PROXY, must, needs, practice


@needs(Feature.H2_DOWNSTREAM)
@must(
    "RFC 8441",
    "3",
    watches=PROXY,
    kills=("offers-connect-only", "upgrade-not-configured"),
    field=("H2-01", "H2-02"),
)
async def test_websocket_over_http2_if_offered(client: Client) -> None:
    """The proxy opens a WebSocket over HTTP/2 if it offers to, else over HTTP/1.1 beside it."""
    async with http2(client) as connection:
        echoed = await connection.echoed("over whichever")

    assert echoed == "over whichever"


@needs(Feature.H2_DOWNSTREAM)
@must("RFC 9113", "8.1.1", watches=PROXY, kills=("connection-forced",), field=("H2-06", "HDR-02"))
@pytest.mark.parametrize("protocol", ["h2c", "websocket"])
async def test_upgrade_field_of_http2_goes_no_further(
    client: Client, origin: OriginActor, protocol: str
) -> None:
    """The proxy hands no trace of an upgrade in an HTTP/2 request to the origin."""
    async with http2(client) as connection:
        ordinary = await connection.get("/api/health")
    async with http2(client) as connection:
        status = await connection.ask_to_upgrade(protocol)
    heads = await origin.heads()

    assert ordinary.status == 200
    assert status != 101
    assert {",".join(head.all("Upgrade")) for head in heads} == {""}
    assert not any("upgrade" in ",".join(head.all("Connection")) for head in heads)


@needs(Feature.H2_DOWNSTREAM)
@practice(
    "a browser puts all tabs of an application on one connection",
    watches=PROXY,
    kills=("one-stream-per-connection",),
    field=("H2-05",),
)
async def test_second_stream_on_one_http2_connection_works(
    client: Client, origin: OriginActor
) -> None:
    """The proxy carries two event streams and a request on one HTTP/2 connection."""
    loop = await origin.loop()
    async with http2(client) as connection:
        everything = await connection.events()
        one_loop = await connection.events(client.path("sse", loop))
        page = await connection.get("/api/health")
        event = str((await origin.publish(loop)).id)

        assert page.status == 200
        assert event in await connection.event_ids(everything, event)
        assert await connection.event_ids(one_loop, event) == [event]
