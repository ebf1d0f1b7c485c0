"""The response head of an event stream: WHATWG HTML section 9.2, RFC 9113 section 8.2.2."""

from fixtures.client import Client
from fixtures.http2 import http2
from proxy.model import Feature
from suites.requirement import ORIGIN, PROXY, must, needs, practice

HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"}


@needs(Feature.H2_DOWNSTREAM)
@must(
    "RFC 9113",
    "8.2.2",
    watches=(PROXY, ORIGIN),
    kills=("rewrites-content-type", "connection-on-h2"),
    field=("SSE-03", "H2-04"),
)
async def test_event_stream_fields_arrive(client: Client) -> None:
    """The proxy passes on type and caching of a stream, and no hop-by-hop field over HTTP/2."""
    async with http2(client) as connection:
        stream = await connection.events()
    fields = dict(stream.fields)

    assert stream.status == 200
    assert fields["content-type"].startswith("text/event-stream")
    assert "no-cache" in fields["cache-control"]
    assert not HOP_BY_HOP & fields.keys()


@practice(
    "a browser ends a stream for good if its type is another",
    watches=(PROXY, ORIGIN),
    kills=("rewrites-content-type",),
    field=("SSE-03",),
)
async def test_event_stream_fields_arrive_over_http_1_1(client: Client) -> None:
    """The proxy passes on type and caching of an event stream over HTTP/1.1."""
    async with client.events() as stream:
        fields = stream.fields

    assert fields["content-type"].startswith("text/event-stream")
    assert "no-cache" in fields["cache-control"]
