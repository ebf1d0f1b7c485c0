"""The filter by loop: it narrows a stream to what was asked for, live and in the long run."""

from fixtures.actors import Links
from fixtures.client import Client
from fixtures.crowd import alternating, arrivals, crowd
from fixtures.origin import OriginActor
from fixtures.vocabulary import TransportName
from suites.expect import expect_own_loops_only, expect_same_events, of_loops
from suites.requirement import CLIENT, ORIGIN, over_both_transports, practice


@practice(
    "a page that shows one loop applies whatever arrives to that loop",
    watches=ORIGIN,
    kills=("leaks-filter",),
)
@over_both_transports
async def test_filter_narrows_to_one_loop(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """A stream of one loop carries its events and those of no loop, and no other loop's."""
    asked, other = await origin.loops(2)
    async with client.stream(transport, loop=asked) as stream:
        await origin.opened()
        published = await origin.publish_many(20, other, asked)
        for_all = await origin.announce()
        received = await stream.events_until(str(for_all.id))

    expect_same_events(received, [*of_loops(published, asked), for_all])


@practice(
    "a dashboard of all loops asks for no filter, and must miss none",
    watches=ORIGIN,
    kills=("drops-unfiltered",),
)
@over_both_transports
async def test_no_filter_gives_everything(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """A stream without a filter carries the events of every loop."""
    loops = await origin.loops(3)
    async with client.stream(transport) as stream:
        await origin.opened()
        published = await origin.publish_many(30, *loops)
        for_all = await origin.announce()
        received = await stream.events_until(str(for_all.id))

    expect_same_events(origin.own(received), published)


@practice(
    "two pages look at two loops over one proxy, and often over one pool of connections",
    watches=ORIGIN,
    kills=("leaks-filter",),
)
@over_both_transports
async def test_two_clients_keep_their_own_filters(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """Two streams that are open at the same time keep to the loop that each asked for."""
    loops = await origin.loops(2)
    async with crowd(client, [(transport, loop) for loop in loops]) as streams:
        await origin.opened(2)
        published = await origin.publish_many(20, *loops)
        for_all = await origin.announce()
        await arrivals(streams, str(for_all.id))

    expect_own_loops_only(map(origin.own, [one.seen for one in streams]), published, loops)


@practice(
    "what a client must not see live, it must not see afterwards either",
    watches=ORIGIN,
    kills=("leaks-filter-in-replay",),
    field=("SEC-09",),
)
@over_both_transports
async def test_filter_holds_in_replay(client: Client, origin: OriginActor, transport: str) -> None:
    """The replay of what a stream missed carries the events of its own loop alone."""
    asked, other = await origin.loops(2)
    before = await origin.publish(asked)
    missed = await origin.publish_many(40, other, asked)
    async with client.stream(transport, loop=asked, after=str(before.id)) as stream:
        received = await stream.events_until(str(missed[-1].id))

    expect_same_events(received, of_loops(missed, asked))


@practice(
    "a busy origin publishes while it replays",
    watches=ORIGIN,
    kills=("leaks-filter-in-replay", "leaks-filter", "redelivers-on-switch"),
    field=("SEC-09",),
)
@over_both_transports
async def test_filter_holds_at_the_switch_to_live(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """The filter holds, and nothing is lost or repeated, where replay goes over to live events."""
    asked, other = await origin.loops(2)
    before = await origin.publish(asked)
    missed = await origin.publish_many(1_200, other, asked)
    async with client.stream(transport, loop=asked, after=str(before.id)) as stream:
        during = await origin.publish_many(200, other, asked)
        await stream.events_until(str(during[-1].id))
        live = await origin.publish_many(20, other, asked)
        await stream.events_until(str(live[-1].id))

    expect_same_events(stream.seen, of_loops([*missed, *during, *live], asked))


@practice(
    "a page that comes back after a tunnel still shows one loop",
    watches=(CLIENT, ORIGIN),
    kills=("forgets-filter",),
)
@over_both_transports
async def test_filter_survives_reconnection(
    client: Client, origin: OriginActor, links: Links, transport: TransportName
) -> None:
    """A client that was cut off asks for its own loop again, and receives nothing else."""
    asked, other = await origin.loops(2)
    async with (
        links.before_proxy(client) as (link, through),
        through.follow(transport, loop=asked) as follower,
    ):
        await origin.opened()
        before = await origin.publish_many(20, other, asked)
        await follower.events_until(before[-1].id)
        link.cut()
        await origin.opened(2)
        after = await origin.publish_many(20, other, asked)
        await follower.events_until(after[-1].id)

    expect_same_events(follower.received, of_loops([*before, *after], asked))


@practice(
    "a team runs hundreds of loops at once, and each page shows one of them",
    watches=ORIGIN,
    kills=("leaks-filter",),
)
async def test_filter_holds_under_a_burst(client: Client, origin: OriginActor) -> None:
    """Of ten thousand events of a hundred loops, each of twenty clients receives its loop's."""
    loops = await origin.loops(100)
    async with crowd(client, alternating(loops[:20])) as streams:
        await origin.opened(20)
        published = await origin.publish_many(10_000, *loops)
        for_all = await origin.announce()
        stories = await arrivals(streams, str(for_all.id))

    expect_own_loops_only(map(origin.own, stories), published, loops[:20])
