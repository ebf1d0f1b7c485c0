"""What a client tells its user, and what it keeps to: one connection, an end that is one."""

from fixtures.actors import Links
from fixtures.client import Client
from fixtures.origin import OriginActor
from fixtures.trouble import Trouble
from fixtures.vocabulary import Cause, TransportName
from suites.requirement import (
    CLIENT,
    ORIGIN,
    PROXY,
    over_both_transports,
    over_both_versions,
    practice,
)


@practice(
    "a user who is shown `open` over a dead connection trusts data that is stale",
    watches=CLIENT,
    kills=("status-stuck-open",),
    field=("TMO-11",),
)
@over_both_transports
async def test_status_tells_the_truth(
    client: Client, origin: OriginActor, links: Links, transport: TransportName
) -> None:
    """A client tells of every change of its connection, in order, up to its end."""
    async with links.before_proxy(client) as (link, far), far.follow(transport) as stream:
        await stream.reaches("open")
        link.cut("rst")
        await stream.reaches("waiting")
        await stream.reaches("open")

    lost_and_back = ["connecting", "open", "waiting", "connecting", "open", "closed"]
    assert [change.status for change in stream.history] == lost_and_back


@practice(
    "two connections of one client mean every event twice, and more with each loss",
    watches=CLIENT,
    kills=("double-connection",),
    field=("REC-07",),
)
@over_both_transports
async def test_one_connection_at_a_time(
    client: Client, origin: OriginActor, links: Links, transport: TransportName
) -> None:
    """A client that is cut off twice has made three connections, each after the one before."""
    loop = await origin.loop()
    async with (
        links.before_proxy(client) as (link, far),
        far.follow(transport, loop=loop) as stream,
    ):
        await origin.opened()
        await stream.events_until((await origin.publish(loop)).id)
        link.cut("rst")
        await stream.events_until((await origin.publish(loop)).id)
        link.cut("rst")
        await stream.events_until((await origin.publish(loop)).id)

    assert link.total == 3


@practice(
    "a page that was left, or a user who has logged out, must not be streamed to",
    watches=CLIENT,
    kills=("reconnects-after-close",),
    field=("REC-07",),
)
@over_both_transports
async def test_closing_is_final(
    client: Client, origin: OriginActor, links: Links, transport: TransportName
) -> None:
    """A client that was told to close makes no further connection."""
    async with links.before_proxy(client) as (link, far):
        async with far.follow(transport) as stream:
            await stream.reaches("open")
        async with far.stream(transport):
            await origin.opened(2)  # the marker: a connection made since the close
        async with far.stream(transport):
            await origin.opened(3)  # and another, so that a third would have had its time

    assert link.total == 3
    assert stream.status == "closed"


@practice(
    "who takes a loss for an end stops too early; who takes an end for a loss raises false alarms",
    watches=(PROXY, ORIGIN, CLIENT),
    kills=("swallows-abort", "end-told-late"),
    field=("CLS-04",),
)
@over_both_transports
@over_both_versions
async def test_end_of_stream_is_not_an_error_and_an_abort_is_not_an_end(
    client: Client, origin: OriginActor, trouble: Trouble, transport: TransportName
) -> None:
    """A client can tell a stream that the origin ended from one that broke off."""
    async with client.follow(transport) as stream:
        await origin.opened(1)
        await stream.reaches("open")
        await origin.close_streams(1001)
        await origin.opened(2)
        await stream.reaches("open")
        await trouble.abort_streams()
        await origin.opened(3)
        await stream.reaches("open")

    assert [ending.cause for ending in stream.endings] == [Cause.CLOSED, Cause.ABORTED]
