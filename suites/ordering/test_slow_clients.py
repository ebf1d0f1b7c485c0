"""A client that takes nothing for a while: it misses nothing unawares, and holds nobody up."""

from fixtures.actors import Links
from fixtures.client import Client
from fixtures.deadlines import Deadlines
from fixtures.origin import OriginActor
from suites.expect import TOO_SLOW, expect_same_events, expect_told_where_to_resume
from suites.requirement import ORIGIN, PROXY, over_both_transports, practice

LITTLE = 2**18  # bytes that may wait for a client: it has fallen behind in a moment


@practice(
    "a hole that nobody tells of is a view that stays wrong for ever",
    watches=(ORIGIN, PROXY),
    kills=("drops-when-slow",),
    field=("CON-03",),
)
@over_both_transports
async def test_slow_client_gets_all_or_is_told(
    client: Client, origin: OriginActor, links: Links, deadlines: Deadlines, transport: str
) -> None:
    """A client that falls behind is told from where to go on, and finds everything there."""
    origin.script.heartbeat = deadlines.burst  # else it may be given up for a ping not answered
    origin.script.queue_bytes = LITTLE
    loop = await origin.loop()
    async with links.before_proxy(client) as (link, slow), slow.stream(transport, loop=loop) as cut:
        first = await origin.publish_to(cut, ["the first"], loop)
        link.stall("downstream")
        published = await origin.overtax(loop)
        link.resume("downstream")
        last = expect_told_where_to_resume(cut, await cut.ended())
    async with client.stream(transport, loop=loop, after=last) as resumed:
        rest = await resumed.events_until(str(published[-1].id))

    expect_same_events([*cut.seen, *rest], [*first, *published])


@practice(
    "one sleeping laptop must not stop a team's screens",
    watches=(ORIGIN, PROXY),
    kills=("blocks-on-slow",),
    field=("CON-04",),
)
@over_both_transports
async def test_slow_client_delays_nobody(
    client: Client, origin: OriginActor, links: Links, deadlines: Deadlines, transport: str
) -> None:
    """Beside a client that takes nothing until the origin gives it up, another receives all."""
    origin.script.heartbeat = deadlines.burst  # else it may be given up for a ping not answered
    origin.script.queue_bytes = LITTLE
    loop = await origin.loop()
    async with (
        links.before_proxy(client) as (link, slow),
        slow.stream(transport, loop=loop),
        client.stream(transport, loop=loop) as quick,
    ):
        await origin.opened(2)
        link.stall("downstream")
        await origin.overtax(loop, quick)
        link.cut("rst")
        [given_up] = await origin.closed()

    assert given_up.code == TOO_SLOW
