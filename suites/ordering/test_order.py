"""The order of events, on one stream and over both."""

from fixtures.client import Client
from fixtures.origin import OriginActor
from suites.expect import expect_same_events
from suites.requirement import ORIGIN, PROXY, over_both_transports, practice


@practice(
    "an application applies events one by one; a swapped pair leaves it in a state that never was",
    watches=(PROXY, ORIGIN),
    kills=("reorders",),
)
@over_both_transports
async def test_events_arrive_in_order(client: Client, origin: OriginActor, transport: str) -> None:
    """The client receives events in the order in which the origin published them."""
    loop = await origin.loop()
    async with client.stream(transport, loop=loop) as stream:
        await origin.opened()
        published = await origin.publish_many(50, loop)
        received = await stream.events_until(str(published[-1].id))

    expect_same_events(received, published)
