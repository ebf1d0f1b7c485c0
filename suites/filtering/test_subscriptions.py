"""Who receives what: subscriptions that change on an open stream, and events for one user."""

from asyncio import gather

from fixtures.actors import Users
from fixtures.client import Client
from fixtures.crowd import arrivals
from fixtures.origin import OriginActor
from proxy.model import Feature
from suites.expect import expect_refused, expect_same_events, of_loops
from suites.requirement import ORIGIN, OUTPOST, PROXY, needs, over_both_transports, practice


@practice(
    "a page that adds a loop to its view goes on showing the ones it has",
    watches=ORIGIN,
    kills=("drops-on-subscribe",),
)
async def test_subscription_changes_lose_nothing(client: Client, origin: OriginActor) -> None:
    """Subscribing and unsubscribing on an open WebSocket loses nothing that stays subscribed."""
    first, second = await origin.loops(2)
    async with client.stream("websocket", loop=first) as stream:
        await origin.opened()
        await gather(stream.say(type="subscribe", loopId=second), origin.publish_many(50, first))
        await stream.about("subscribed")
        await origin.publish_many(50, first, second)
        await gather(stream.say(type="unsubscribe", loopId=first), origin.publish_many(50, second))
        await stream.about("unsubscribed")
        last = await origin.publish_many(20, first, second)
        await stream.events_until(str(last[-1].id))

    published = (await origin.published())[2:-20]
    expect_same_events(stream.seen, [*published, *of_loops(last, second)])


@needs(Feature.GATE)
@practice(
    "one event of a foreign tenant is a breach, whatever the filter was",
    watches=(ORIGIN, PROXY, OUTPOST),
    kills=("leaks-audience",),
    field=("SEC-08",),
)
@over_both_transports
async def test_events_of_another_user_never_pass(
    users: Users, origin: OriginActor, transport: str
) -> None:
    """A user receives no event of another's private loop, neither by asking for it nor for all."""
    alice, bob = await users.client("alice"), await users.client("bob")
    private, public = await origin.loop("private", private_to="alice"), await origin.loop("public")
    async with alice.stream(transport, loop=private) as hers, bob.stream(transport) as his:
        await origin.opened(2)
        refusal = await bob.refused(transport, bob.path(transport, private))
        published = await origin.publish_many(20, private, public)
        await arrivals([hers, his], str((await origin.announce()).id))

    expect_refused(refusal, 404, "unknown-loop")
    expect_same_events(origin.own(hers.seen), of_loops(published, private))
    expect_same_events(origin.own(his.seen), of_loops(published, public))
