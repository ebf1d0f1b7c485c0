"""An event stream belongs to the client that asked for it: RFC 9111 section 5.2.2.4."""

import asyncio

from fixtures.actors import Users
from fixtures.origin import OriginActor
from suites.expect import expect_same_events
from suites.requirement import PROXY, must, over_both_versions


@must("RFC 9111", "5.2.2.4", watches=PROXY, kills=("cached-stream",), field=("CAC-01",))
@over_both_versions
async def test_streams_are_not_cached_or_shared(users: Users, origin: OriginActor) -> None:
    """The proxy asks the origin for each stream: the second client gets its own, from its start."""
    alice, bob = await users.client("alice"), await users.client("bob")
    loop = await origin.loop()
    path = alice.path("sse", loop)
    async with alice.events(path) as first:
        await origin.opened()
        early = await origin.publish(loop, text="before the second came")
        async with bob.events(path) as second:
            await origin.opened(2)
            late = await origin.publish(loop, text="after it came")
            await asyncio.gather(*(one.events_until(str(late.id)) for one in (first, second)))

    expect_same_events(first.seen, [early, late])
    expect_same_events(second.seen, [late])
