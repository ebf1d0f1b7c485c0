"""The opening handshake through a proxy: what the origin is asked, and whose answer comes back.

RFC 6455 section 4; RFC 9110 sections 7.6.1 and 7.8 for the hops in between.
"""

import pytest

from fixtures.asking import answer_to, asking, insist, opening_handshake, plain_request
from fixtures.client import Client
from fixtures.origin import OriginActor
from fixtures.vocabulary import SPELLINGS, accept_value, new_key
from proxy.model import Feature
from suites.requirement import ORIGIN, PROXY, must, needs, over_both_transports, practice

OF_A_BODY = {"content-length", "transfer-encoding", "content-type"}


@practice(
    "without these four fields the origin sees a plain GET, and no WebSocket can ever open",
    watches=PROXY,
    kills=("upgrade-dropped", "strips-upgrade", "upgrade-not-configured", "edge-blocks-upgrade"),
    field=("HDR-01", "AUT-14"),
)
async def test_upgrade_reaches_the_origin(client: Client, origin: OriginActor) -> None:
    """The proxy hands all of the opening handshake to the origin."""
    key = new_key()
    async with client.raw() as connection:
        await connection.send(opening_handshake(client, key=key))
        head = await origin.head("/api/ws")

    assert head.all("Sec-WebSocket-Key") == [key]
    assert head.all("Sec-WebSocket-Version") == ["13"]
    assert [value.lower() for value in head.all("Upgrade")] == ["websocket"]
    assert "upgrade" in ",".join(head.all("Connection")).lower()


@must(
    "RFC 6455",
    "4.2.1",
    watches=(PROXY, ORIGIN),
    kills=("case-sensitive-upgrade",),
    field=("HDR-02",),
)
@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_upgrade_works_in_every_spelling(client: Client, spelling: str) -> None:
    """The server takes the tokens of the handshake in any case, among others, on any line."""
    async with client.raw() as connection:
        await connection.send(opening_handshake(client, spelling=SPELLINGS[spelling]))
        head = await connection.read_head()

    assert head.status == 101


@must(
    "RFC 6455",
    "4.2.2",
    watches=(PROXY, ORIGIN),
    kills=("malformed-101",),
    field=("HDR-11",),
)
async def test_accept_value_is_the_origins(client: Client) -> None:
    """The server answers with the key's accept value and both tokens, and announces no body."""
    key = new_key()
    async with client.raw() as connection:
        await connection.send(opening_handshake(client, key=key))
        head = await connection.read_head()

    assert head.status == 101
    assert head.get_all("Sec-WebSocket-Accept") == [accept_value(key)]
    assert head.tokens("Upgrade") == ["websocket"]
    assert "upgrade" in head.tokens("Connection")
    assert not OF_A_BODY & {name.lower() for name, _ in head.fields}


@practice(
    "clients decide by the status whether to log in, to fall back, to wait or to give up",
    watches=(PROXY, ORIGIN),
    kills=("answers-before-origin", "error-as-200", "replaces-error-pages", "turns-503-into-403"),
    field=("ERR-01", "ERR-03"),
)
@pytest.mark.parametrize("status", [401, 403, 404, 426, 503])
@over_both_transports
async def test_refusal_of_the_origin_reaches_the_client(
    client: Client, origin: OriginActor, transport: str, status: int
) -> None:
    """The proxy passes on the status and the body with which the origin refuses a stream."""
    origin.script.refuse = status
    origin.script.detail = f"refused for {origin.token}"

    refusal = await client.refused(transport)

    assert refusal.status == status
    assert refusal.fields["content-type"] == "application/problem+json"
    assert f"refused for {origin.token}".encode() in refusal.body


@practice(
    "who has a 101 believes in a stream: a refusal that comes after it can no longer be told",
    watches=PROXY,
    kills=("answers-before-origin",),
)
async def test_no_101_before_the_origins(client: Client, origin: OriginActor) -> None:
    """The proxy waits for the origin's decision: a 101 is never its own."""
    origin.script.refuse = 403
    async with origin.undecided() as decide, client.raw() as connection:
        await connection.send(opening_handshake(client))
        await origin.head("/api/ws")
        await client.get("/api/health")
        await decide()
        head = await connection.read_head()
    origin.script.refuse = None
    allowed = await answer_to(client, "websocket")

    assert (head.status, allowed.status) == (403, 101)


@needs(Feature.GATE)
@practice(
    "a tunnel that outlives a refusal carries every further request past the gate, unseen",
    watches=PROXY,
    kills=("keeps-tunnel",),
    field=("SEC-06",),
)
async def test_refused_upgrade_leaves_no_tunnel(client: Client, origin: OriginActor) -> None:
    """The proxy parses and authenticates what follows a refused handshake on its connection."""
    origin.script.refuse = 403
    nobody = client.anonymous()
    async with client.raw() as connection:
        refusal = await connection.ask(opening_handshake(client))
        await insist(connection, plain_request(nobody, "/api/loops?smuggled"))
    await client.get("/api/loops?allowed")

    assert refusal.status == 403
    assert [head.target for head in await origin.heads()] == [
        client.target("/api/ws"),
        client.target("/api/loops?allowed"),
    ]


@needs(Feature.GATE)
@must(
    "RFC 9110",
    "7.6.1",
    watches=PROXY,
    kills=("tunnels-h2c", "refuses-offered-upgrade"),
    field=("SEC-07",),
)
@pytest.mark.parametrize("protocol", ["h2c", "H2C", "TLS/1.0"])
async def test_h2c_is_not_tunnelled(client: Client, origin: OriginActor, protocol: str) -> None:
    """The proxy keeps an upgrade to another protocol to itself: nothing is opened behind it."""
    spelling = (("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", protocol))
    settings = ("HTTP2-Settings", "AAMAAABkAAQAAP__")
    async with asking(client, "get", "/api/whoami", *spelling, settings) as connection:
        answer = await connection.answer()

    assert answer.status == 200
    assert (await origin.head("/api/whoami")).all("Upgrade") == []
