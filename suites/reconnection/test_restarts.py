"""Deployments and outages: the proxy or the origin goes and comes back, the stream goes on."""

from fixtures.actors import ProxyActor
from fixtures.client import Client
from fixtures.fleet import one_a_transport
from fixtures.origin import OriginActor
from fixtures.trouble import RESTARTING, Trouble
from proxy.model import Feature
from suites.expect import expect_one_story, expect_same_events
from suites.requirement import CLIENT, ORIGIN, PROXY, needs, practice

TEMPORARY = (502, 503, 504)
OLD_WORKERS = 0.3  # seconds after a reload in which a proxy that ends old streams has ended them


@practice(
    "proxies are updated and crash; a user must not have to reload the page",
    watches=CLIENT,
    kills=("never-resumes", "never-reconnects", "sessions-in-memory"),
    field=("RLD-05", "SSE-01", "AUT-12"),
)
@needs(Feature.GATEWAY)
async def test_proxy_restart_is_survived(
    client: Client, origin: OriginActor, proxy: ProxyActor
) -> None:
    """A client whose proxy crashes and starts again misses and repeats nothing."""
    loop = await origin.loop()
    async with one_a_transport(client, loop) as clients:
        before = await origin.publish(loop)
        await clients.events_until(before.id)
        async with proxy.killed():
            after = await origin.publish(loop)
        await clients.events_until(after.id)

    expect_one_story(clients.received, [before, after])


@practice(
    "configurations are reloaded for the sake of other applications, many times a day",
    watches=PROXY,
    kills=("stream-closed-on-reload",),
    field=("RLD-01", "RLD-02", "RLD-03"),
)
@needs(Feature.RELOAD)
async def test_proxy_reload_loses_nothing(
    client: Client, origin: OriginActor, proxy: ProxyActor, trouble: Trouble
) -> None:
    """A reload of the proxy takes nothing from open streams: they stay, and events arrive once."""
    loop = await origin.loop()
    async with one_a_transport(client, loop) as clients:
        async with trouble.steady(loop, every=0.02):
            await clients.events(1)
            await proxy.reload()
            await trouble.pass_time(OLD_WORKERS)
        [_, *published] = await origin.published()
        await clients.events_until(published[-1].id)

    expect_one_story(clients.received, published)
    assert [one.connections for one in clients.clients] == [1, 1]


@practice(
    "a deployment of the origin is no outage if clients know that it is one",
    watches=(ORIGIN, CLIENT, PROXY),
    kills=("no-close-code", "never-resumes", "swallows-close-code"),
    field=("RLD-04", "CLS-01"),
)
async def test_origin_restart_is_survived(
    client: Client, origin: OriginActor, trouble: Trouble
) -> None:
    """A client learns that the origin restarts, and misses and repeats nothing."""
    loop = await origin.loop()
    async with one_a_transport(client, loop) as clients:
        before = await origin.publish(loop)
        await clients.events_until(before.id)
        await trouble.restart()
        after = await origin.publish(loop)
        await clients.events_until(after.id)

    expect_one_story(clients.received, [before, after])
    assert clients.clients[0].endings[0].code == RESTARTING


@practice(
    "an origin that lost its memory must say so: silence would look like nothing new",
    watches=(ORIGIN, CLIENT),
    kills=("silent-gap", "frozen-epoch"),
    field=("SSE-05",),
)
async def test_origin_restart_without_memory_is_told(
    client: Client, origin: OriginActor, trouble: Trouble
) -> None:
    """A client learns that an origin has lost its events, and gets every one since then."""
    loop = await origin.loop()
    async with client.follow("websocket", loop=loop) as stream:
        await origin.opened()
        await stream.events_until((await origin.publish(loop)).id)
        async with trouble.down():
            await trouble.lose_log()
            after = await origin.publish_many(200, loop)
        gap = await stream.about("gap")
        received = await stream.events_until(after[-1].id)

    assert gap.data["reason"] == "unknown-epoch"
    expect_same_events(received, after)


@practice(
    "during a deployment nobody is behind the proxy; a final answer then is a false one",
    watches=(PROXY, CLIENT),
    kills=("turns-503-into-403", "dies-on-5xx"),
    field=("ERR-01", "ERR-02", "SSE-01"),
)
@needs(Feature.GATEWAY)
async def test_origin_down_is_temporary(
    client: Client, origin: OriginActor, trouble: Trouble
) -> None:
    """While the origin is down or overloaded the answer says so, and the client keeps trying."""
    loop = await origin.loop()
    async with client.follow("sse", loop=loop) as stream:
        await origin.opened()
        await stream.events_until((await origin.publish(loop)).id)
        async with trouble.down():
            refusals = [await client.refused("websocket"), await client.refused("sse")]
            await stream.reaches("connecting"), await stream.reaches("waiting")
            missed = await origin.publish(loop)
        await stream.events_until(missed.id)
        origin.script.refuse = 503
        refusals += [await client.refused("websocket"), await client.refused("sse")]

    assert {refusal.status for refusal in refusals} <= set(TEMPORARY)
