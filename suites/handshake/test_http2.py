"""Streams over HTTP/2: RFC 8441 for WebSockets, RFC 9113 section 5.1.2 for many on a connection."""

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
