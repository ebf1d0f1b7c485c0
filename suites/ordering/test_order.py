"""The order of events, on one stream, over both transports and for everybody."""

import asyncio

from fixtures.actors import Links
from fixtures.client import Client
from fixtures.crowd import arrivals, crowd
from fixtures.origin import OriginActor
from fixtures.vocabulary import TransportName
from suites.expect import expect_one_story, expect_same_content, expect_same_events
from suites.requirement import CLIENT, ORIGIN, PROXY, over_both_transports, practice

BURST = 10_000
PAGES = 1_200  # events missed: more than the origin looks up in its log at once
EVERYBODY = [("websocket", None), ("sse", None), ("websocket", None), ("sse", None)]


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
        await stream.events_until(str(published[-1].id))
        marker = await origin.publish(loop)
        await stream.events_until(str(marker.id))

    expect_same_events(stream.seen, [*published, marker])


@practice(
    "an agent that reads a repository tells of thousands of files at once",
    watches=(PROXY, ORIGIN),
    kills=("reorders",),
)
@over_both_transports
async def test_burst_arrives_whole_and_in_order(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """The client receives all of ten thousand events that were published at once, in order."""
    loop = await origin.loop()
    async with client.stream(transport, loop=loop) as stream:
        await origin.opened()
        published = await origin.publish_many(BURST, loop)
        await stream.events_until(str(published[-1].id))
        marker = await origin.publish(loop)
        await stream.events_until(str(marker.id))

    expect_same_events(stream.seen, [*published, marker])


@practice(
    "a client that changes the transport compares, hashes and resumes by what it has",
    watches=(PROXY, ORIGIN),
    kills=("different-json", "reorders"),
)
async def test_both_transports_tell_the_same_story(client: Client, origin: OriginActor) -> None:
    """The same events arrive over both transports: ids, order, and every byte of their JSON."""
    loop = await origin.loop()
    async with crowd(client, [("websocket", loop), ("sse", loop)]) as streams:
        await origin.opened(2)
        published = await origin.publish_texts(loop, ["plain", 'Grüße, 世界 "\\/\n\t', "", "🌍"])
        websocket, sse = await arrivals(streams, str(published[-1].id))

    expect_same_content(websocket, published)
    expect_same_content(sse, published)


@practice(
    "what happens in one loop is often the answer to what happened in another",
    watches=(PROXY, ORIGIN),
    kills=("reorders",),
)
@over_both_transports
async def test_interleaved_loops_keep_the_global_order(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """The client receives the events of several loops in the order of all of them together."""
    loops = await origin.loops(5)
    async with client.stream(transport) as stream:
        await origin.opened()
        published = await origin.publish_many(100, *loops)
        received = await stream.events_until(str(published[-1].id))

    expect_same_events(origin.own(received), published)


@practice(
    "two people who look at the same loops must not see different histories",
    watches=(PROXY, ORIGIN),
    kills=("order-differs-per-client", "reorders"),
    field=("REC-03",),
)
async def test_concurrent_publishers_give_one_order(client: Client, origin: OriginActor) -> None:
    """Every client sees the events of concurrent publishers in one and the same order."""
    loops = await origin.loops(3)
    async with crowd(client, EVERYBODY) as streams:
        await origin.opened(4)
        await asyncio.gather(*(origin.publish_many(20, loop) for loop in loops))
        published = (await origin.published())[len(loops) :]
        stories = await arrivals(streams, str(published[-1].id))

    expect_one_story(map(origin.own, stories), published)


@practice(
    "between the replay of what was missed and live events lies the place where order breaks",
    watches=(CLIENT, ORIGIN),
    kills=("redelivers-on-switch", "skips-on-resume"),
)
@over_both_transports
async def test_order_survives_reconnection(
    client: Client, origin: OriginActor, links: Links, transport: TransportName
) -> None:
    """A client that was cut off receives what it missed, then live events, as one sequence."""
    loop = await origin.loop()
    async with (
        links.before_proxy(client) as (link, through),
        through.follow(transport, loop=loop) as follower,
    ):
        await origin.opened()
        before = await origin.publish_many(20, loop)
        await follower.events_until(before[-1].id)
        link.cut()
        missed = await origin.publish_many(PAGES, loop)
        await origin.opened(2)
        live = await origin.publish_many(20, loop)
        await follower.events_until(live[-1].id)

    expect_same_events(follower.received, [*before, *missed, *live])
