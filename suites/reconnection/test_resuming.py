"""Resuming after a loss (WHATWG HTML 9.2.3): nothing lost, nothing twice, or the loss is told."""

import asyncio

import pytest

from fixtures.actors import Links
from fixtures.client import Client
from fixtures.origin import OriginActor
from fixtures.trouble import Trouble
from fixtures.vocabulary import TransportName
from proxy.model import Feature
from suites.expect import expect_same_events
from suites.requirement import (
    CLIENT,
    ORIGIN,
    PROXY,
    must,
    needs,
    over_both_transports,
    over_both_versions,
    practice,
)

LOST = "networks cut connections; whoever comes back must not have missed or repeat a thing"
TOLD = "a client that is not told of a gap shows a state that never was, for ever"
MID_BURST = 3000  # bytes that still arrive: the cut is in the middle of a burst, and of an event


@practice(
    LOST,
    watches=(CLIENT, ORIGIN),
    kills=("never-resumes", "skips-on-resume", "duplicates-on-resume", "forgets-last-id"),
    field=("REC-01", "REC-02"),
)
@over_both_transports
async def test_resumes_after_a_cut(
    client: Client, origin: OriginActor, links: Links, transport: TransportName
) -> None:
    """A client that is cut off before the proxy gets every event once, in order."""
    loop = await origin.loop()
    async with (
        links.before_proxy(client) as (link, far),
        far.follow(transport, loop=loop) as stream,
    ):
        await origin.opened()
        before = await origin.publish_many(5, loop)
        received = await stream.events(5)
        link.cut_after(MID_BURST, how="rst")
        after = await origin.publish_many(50, loop)
        received += await stream.events_until(after[-1].id)

    assert stream.connections > 1
    expect_same_events(received, [*before, *after])


@practice(
    LOST,
    watches=(PROXY, CLIENT, ORIGIN),
    kills=("never-resumes", "skips-on-resume", "duplicates-on-resume", "forgets-last-id"),
    field=("REC-01", "REC-02"),
)
@needs(Feature.GATEWAY)
@over_both_transports
@over_both_versions
async def test_resumes_after_a_cut_behind_the_proxy(
    client: Client, origin: OriginActor, links: Links, transport: TransportName
) -> None:
    """A client whose proxy is cut off from the origin gets every event once, in order."""
    loop = await origin.loop()
    async with links.behind_proxy() as link, client.follow(transport, loop=loop) as stream:
        await origin.opened()
        before = await origin.publish_many(5, loop)
        received = await stream.events(5)
        link.cut_after(MID_BURST, how="rst")
        after = await origin.publish_many(50, loop)
        received += await stream.events_until(after[-1].id)

    assert stream.connections > 1
    expect_same_events(received, [*before, *after])


@practice(
    "the origin can only resume from an id that reaches it",
    watches=PROXY,
    kills=("drops-last-event-id",),
    field=("SSE-04",),
)
async def test_last_event_id_reaches_the_origin(client: Client, origin: OriginActor) -> None:
    """The origin sees the Last-Event-ID that a client sent, and nothing else by that name."""
    seen = await origin.publish(await origin.loop())
    async with client.stream("sse", after=str(seen.id)):
        head = await origin.head("/api/events")

    assert head.all("Last-Event-ID") == [str(seen.id)]


@must(
    "WHATWG HTML",
    "9.2.3",
    watches=CLIENT,
    kills=("forgets-last-id", "drops-last-event-id"),
    field=("SSE-04",),
)
async def test_last_event_id_is_sent_on_reconnection(client: Client, origin: OriginActor) -> None:
    """A client that reconnects sends the id of the last event that it received."""
    loop = await origin.loop()
    async with client.follow("sse", loop=loop) as stream:
        await origin.opened()
        await origin.publish_many(3, loop)
        [*_, last] = await stream.events(3)
        await origin.close_streams(1001)
        await origin.opened(2)
    [first, second] = await origin.heads()

    assert first.all("Last-Event-ID") == []
    assert second.all("Last-Event-ID") == [last.id]


@practice(TOLD, watches=ORIGIN, kills=("silent-gap",), field=("SSE-05",))
@over_both_transports
@pytest.mark.parametrize(
    ("after", "reason"),
    [("tomorrow", "malformed"), ("00000000-1", "unknown-epoch"), ("{epoch}-9999999", "unknown")],
    ids=["malformed", "other-epoch", "never-given"],
)
async def test_gap_is_announced(
    client: Client, origin: OriginActor, transport: str, after: str, reason: str
) -> None:
    """A client that resumes from an id that was never given is told so before anything else."""
    loop = await origin.loop()
    last_id = after.format(epoch=(await origin.publish(loop)).id.epoch)
    async with client.stream(transport, loop=loop, after=last_id) as stream:
        gap = await stream.about("gap")

    assert (gap.data["reason"], gap.data["requested"]) == (reason, last_id)
    assert [one for one in stream.received if one.id is not None] == []


@practice(TOLD, watches=ORIGIN, kills=("silent-gap", "frozen-epoch"), field=("SSE-05",))
@over_both_transports
async def test_gap_after_a_lost_log_is_announced(
    client: Client, origin: OriginActor, trouble: Trouble, transport: str
) -> None:
    """A client that resumes from an event of a log that was lost is told, and gets what is new."""
    loop = await origin.loop()
    await trouble.lose_log()
    seen = await origin.publish(loop)
    await trouble.lose_log()
    kept = await origin.publish_many(2, loop)
    async with client.stream(transport, loop=loop, after=str(seen.id)) as stream:
        gap = await stream.about("gap")
        received = await stream.events(2)

    assert gap.data["reason"] == "unknown-epoch"
    expect_same_events(received, kept)


@practice(TOLD, watches=ORIGIN, kills=("silent-gap",), field=("SSE-05",))
@over_both_transports
async def test_gap_before_a_short_log_is_announced(
    client: Client, origin: OriginActor, trouble: Trouble, transport: str
) -> None:
    """A client that resumes from before what is kept is told, and gets what is kept."""
    loop = await origin.loop()
    [seen, *_, kept] = await origin.publish_many(3, loop)
    await trouble.expire_log()
    async with client.stream(transport, loop=loop, after=str(seen.id)) as stream:
        gap = await stream.about("gap")
        received = await stream.event()

    assert (gap.data["reason"], gap.data["oldest"]) == ("too-old", str(kept.id))
    assert received.id == str(kept.id)


@must("WHATWG HTML", "9.2.6", watches=CLIENT, kills=("dispatches-partial",), field=("SSE-09",))
async def test_partial_event_is_not_dispatched(
    client: Client, origin: OriginActor, trouble: Trouble
) -> None:
    """An event that is cut off in its middle arrives whole after resuming, and only so."""
    loop = await origin.loop()
    async with client.follow("sse", loop=loop) as stream:
        await origin.opened()
        first = await origin.publish(loop)
        await stream.events_until(first.id)
        torn = await trouble.tear_event(loop)
        last = await origin.publish(loop)
        received = await stream.events_until(last.id)

    assert [event.raw for event in received] == [torn.json.decode(), last.json.decode()]


@practice(
    "a message that is sent twice is an action that is taken twice",
    watches=PROXY,
    kills=("repeats-request",),
    field=("REC-08",),
)
@needs(Feature.GATEWAY)
async def test_post_is_not_repeated(client: Client, origin: OriginActor, links: Links) -> None:
    """The proxy sends a POST once, even if the origin is lost before it has answered."""
    async with links.behind_proxy() as link:
        link.stall("downstream")
        asked = asyncio.create_task(client.request("POST", "/api/loops", json={}))
        await origin.head("/api/loops")
        link.heal()
        link.cut("rst")
        answer = await asked
    heads = await origin.heads()

    assert answer.status_code >= 500
    assert [head.method for head in heads].count("POST") == 1
