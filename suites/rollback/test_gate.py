"""The fallback stands behind the same gate as the WebSocket: session, identity, audience."""

from fixtures.actors import Users
from fixtures.client import Client
from fixtures.origin import OriginActor
from proxy.model import Feature
from suites.requirement import ORIGIN, OUTPOST, PROXY, needs, practice

SAME = "the weaker gate of two is the one that counts"


@practice(
    SAME,
    watches=(PROXY, OUTPOST),
    kills=("auth-not-applied", "fallback-ungated", "upgrade-bypasses-auth", "fails-open"),
    field=("FLB-03", "AUT-09", "AUT-10"),
)
@needs(Feature.GATE)
async def test_fallback_has_the_same_gate(client: Client, origin: OriginActor) -> None:
    """A stream is refused without a session and given with one, alike over both transports."""
    loop = await origin.loop()
    stranger = client.anonymous()
    await stranger.refused("websocket", client.path("websocket", loop))
    await stranger.refused("sse", client.path("sse", loop))
    async with client.stream("websocket", loop=loop), client.stream("sse", loop=loop):
        await origin.opened(2)
        opened = await origin.ledger(lambda case: list(case.opened))

    assert [one.user for one in opened] == ["alice", "alice"]


@practice(
    SAME,
    watches=(ORIGIN, PROXY),
    kills=("leaks-audience", "fallback-ungated"),
    field=("FLB-03", "SEC-08"),
)
@needs(Feature.GATE)
async def test_fallback_has_the_same_audience(users: Users, origin: OriginActor) -> None:
    """A private loop is refused to other users over both transports, and given to its owner."""
    secret = await origin.loop("secret", private_to="bob")
    alice, bob = await users.client("alice"), await users.client("bob")
    refusals = [
        await alice.refused(transport, alice.path(transport, secret))
        for transport in ("websocket", "sse")
    ]
    async with bob.stream("websocket", loop=secret), bob.stream("sse", loop=secret):
        await origin.opened(2)

    assert [refusal.status for refusal in refusals] == [404, 404]


@practice(
    "a second login in the middle of an incident is an incident of its own",
    watches=(PROXY, OUTPOST),
    kills=("cookie-path-narrow",),
    field=("COO-07",),
)
@needs(Feature.GATE)
async def test_session_carries_over(users: Users, origin: OriginActor) -> None:
    """The session of one login opens the WebSocket and the event stream alike."""
    client = await users.fresh_client()
    loop = await origin.loop()
    async with client.stream("websocket", loop=loop), client.stream("sse", loop=loop):
        await origin.opened(2)
        opened = await origin.ledger(lambda case: [one.user for one in case.opened])

    assert opened == [f"user-{origin.token}"] * 2
