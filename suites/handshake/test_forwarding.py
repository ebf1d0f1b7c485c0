"""What the proxy makes of the request on its way: target, version, and the fields about the client.

No standard binds a gateway to most of this; applications and their checks rely on it.
"""

import pytest

from fixtures.asking import WAYS, answer_to
from fixtures.client import Client
from fixtures.origin import OriginActor
from proxy.model import Feature
from suites.requirement import ORIGIN, PROXY, needs, over_both_transports, practice

QUERY = "a=1;b=2&c=%2F%20+&d=%E2%82%AC&e=a%2Bb&f=%3B%26"
PATH = "/x//y/%2e%2e/z%2Fw;v=1/%E2%82%AC"

ELSEWHERE = "elsewhere.example"
FORGED = (
    ("X-Forwarded-Host", ELSEWHERE),
    ("X-Forwarded-Proto", "gopher"),
    ("X-Forwarded-For", "192.0.2.1"),
)

in_each_way = pytest.mark.parametrize("way", WAYS)


@practice(
    "signatures, tokens and filters are in the query: a byte that changes is another request",
    watches=PROXY,
    kills=("query-dropped", "semicolons-rewritten"),
    field=("HDR-05", "HDR-06"),
)
@in_each_way
async def test_query_reaches_the_origin_unchanged(
    client: Client, origin: OriginActor, way: str
) -> None:
    """The proxy passes the query on byte for byte."""
    await answer_to(client, way, f"/api/ws?{QUERY}")
    heads = await origin.heads()

    assert [head.target for head in heads] == [client.target(f"/api/ws?{QUERY}")]


@practice(
    "an id may hold a slash or a dot: decoded or resolved on the way, it names something else",
    watches=PROXY,
    kills=("path-normalised",),
    field=("HDR-06",),
)
@in_each_way
async def test_path_reaches_the_origin_unchanged(
    client: Client, origin: OriginActor, way: str
) -> None:
    """The proxy passes the path on as it was sent: slashes, dots and encodings."""
    await answer_to(client, way, PATH)
    heads = await origin.heads()

    assert [head.target for head in heads] == [client.target(PATH)]


@practice(
    "a page that works while its socket gets 404 is a rewrite that forgot one of the two",
    watches=PROXY,
    kills=("rewrite-skips-ws",),
    field=("HDR-08",),
)
async def test_rewrite_is_the_same_for_both(client: Client, origin: OriginActor) -> None:
    """The proxy gives the origin the same path for a GET and for an upgrade."""
    await answer_to(client, "get", "/api/ws")
    page = await origin.head("/")
    await answer_to(client, "websocket", "/api/ws")
    upgrade = await origin.head("/")

    assert upgrade.all("Upgrade") != page.all("Upgrade")
    assert upgrade.target == page.target


@needs(Feature.GATEWAY)
@practice(
    "the check of the Origin field, links and audit need the public address and the real client",
    watches=PROXY,
    kills=("host-replaced", "forwarded-proto-ws", "forwarded-proto-lost", "edge-not-trusted"),
    field=("HDR-09", "HDR-10"),
)
@over_both_transports
async def test_host_and_forwarded_fields_are_true(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """The proxy tells the origin the public host and scheme, and whose connection it was."""
    await answer_to(client, transport)
    head = await origin.head()

    assert client.way.authority in {*head.all("Host"), *head.all("X-Forwarded-Host")}
    assert head.all("X-Forwarded-Proto") == [client.way.scheme]
    assert client.way.is_told_of(head.all("X-Forwarded-For"))


@needs(Feature.GATEWAY)
@practice(
    "limits by address, audit and links rest on these fields; of a client they are a claim",
    watches=PROXY,
    kills=("forwarded-as-claimed",),
    field=("SEC-05",),
)
@over_both_transports
async def test_client_cannot_forge_the_forwarded_fields(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """The proxy tells the origin what it has seen of a client, and not what that client claims."""
    await answer_to(client.sending(*FORGED), transport)
    head = await origin.head()

    assert ELSEWHERE not in head.all("X-Forwarded-Host")
    assert head.all("X-Forwarded-Proto") == [client.way.scheme]
    assert client.way.is_told_of(head.all("X-Forwarded-For"))


@practice(
    "HTTP/1.0 knows neither an upgrade nor a stream in chunks",
    watches=PROXY,
    kills=("http10-upstream",),
    field=("BUF-08",),
)
@over_both_transports
async def test_origin_is_asked_in_http_1_1_or_later(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """The proxy asks the origin in HTTP/1.1 or later."""
    await answer_to(client, transport)
    head = await origin.head()

    assert head.version >= "HTTP/1.1"


@practice(
    "no browser follows a redirect of an opening handshake",
    watches=(PROXY, ORIGIN),
    kills=("redirects-slash",),
    field=("HDR-07",),
)
@over_both_transports
async def test_stream_url_is_not_redirected(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """The server opens the stream at the URL that was asked for, for all loops and for one."""
    loop = await origin.loop()

    everything = await answer_to(client, transport)
    one_loop = await answer_to(client, transport, client.path(transport, loop))

    assert {everything.status, one_loop.status} <= {101, 200}
