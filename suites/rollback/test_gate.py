"""The fallback stands behind the same gate as the WebSocket: session, identity, audience."""

from fixtures.actors import Users
from fixtures.browser import browser
from fixtures.origin import OriginActor
from proxy.model import Feature
from suites.expect import expect_one_story
from suites.requirement import ORIGIN, OUTPOST, PROXY, needs, practice

STREAMS = ("/api/ws", "/api/events")


@practice(
    "the weaker gate of two is the one that counts",
    watches=(PROXY, OUTPOST, ORIGIN),
    kills=(
        "auth-not-applied",
        "fallback-ungated",
        "upgrade-bypasses-auth",
        "fails-open",
        "leaks-audience",
    ),
    field=("FLB-03", "AUT-09", "AUT-10", "SEC-08"),
)
@needs(Feature.GATE)
async def test_fallback_has_the_same_gate(users: Users, origin: OriginActor) -> None:
    """Who is kept out, who is let in and what they are shown is the same over both transports."""
    public, secret = await origin.loop("public"), await origin.loop("secret", private_to="bob")
    await users.stranger.refused("websocket"), await users.stranger.refused("sse")
    alice = await users.client("alice")
    async with alice.stream("websocket") as socket, alice.stream("sse") as events:
        await origin.opened(2)
        await origin.publish(secret)
        marker = await origin.publish(public)
        received = [await stream.events_until(str(marker.id)) for stream in (socket, events)]
        opened = await origin.ledger(lambda case: [one.user for one in case.opened])

    assert opened == ["alice", "alice"]
    expect_one_story(received, [marker])


@practice(
    "a second login in the middle of an incident is an incident of its own",
    watches=(PROXY, OUTPOST),
    kills=("cookie-path-narrow",),
    field=("COO-07",),
)
@needs(Feature.GATE)
async def test_session_carries_over(users: Users, origin: OriginActor) -> None:
    """The session of one login is sent with both kinds of streams, and opens both."""
    async with browser(users.stranger) as page:
        await page.obtain_session()
        sent = {page.cookies_for(page.client.way.scheme, path) for path in STREAMS}
    session = users.stranger.way.login.cookie
    assert [cookie.startswith(session) for cookie in sent] == [True], f"the browser sends {sent}"
    client = await users.fresh_client()
    async with client.stream("websocket"), client.stream("sse"):
        await origin.opened(2)
        opened = await origin.ledger(lambda case: [one.user for one in case.opened])

    assert opened == [f"user-{origin.token}"] * 2
