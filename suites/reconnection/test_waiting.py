"""How long a client waits before it comes back: growing, spread out, and forgotten in time."""

import dataclasses
import random

import pytest

from fixtures.actors import Links, OutpostActor
from fixtures.client import Client
from fixtures.deadlines import Deadlines
from fixtures.fleet import fleet
from fixtures.held_time import HeldTime
from fixtures.origin import OriginActor
from proxy.model import Feature
from suites.expect import expect_backoff, expect_one_story, expect_spread_out
from suites.requirement import CLIENT, needs, practice

FLEET = 50


@pytest.fixture
def held(deadlines: Deadlines) -> HeldTime:
    """Time for the client of a case, as the case wants it."""
    return HeldTime(deadlines.recovery)


@practice(
    "an origin that is in trouble is not helped by clients that hammer it",
    watches=CLIENT,
    kills=("no-backoff", "no-jitter"),
    field=("REC-05",),
)
async def test_backoff_grows_with_jitter_to_a_cap(
    client: Client, origin: OriginActor, held: HeldTime
) -> None:
    """A client that is refused again and again waits longer and longer, up to a cap, by chance."""
    origin.script.refuse = 503
    policy = held.rule(client.policy, draw=0.5)
    async with client.follow("websocket", policy=policy):
        growing = await held.waits(6)
    async with client.follow("websocket", policy=held.rule(client.policy, draw=0.25)):
        [shorter, *_] = await held.waits(6)

    expect_backoff(growing, cap=0.5 * policy.backoff_cap)
    assert shorter < growing[0]


@practice(
    "one blip after a healthy month must not cost the longest wait, nor a broken server a storm",
    watches=CLIENT,
    kills=("never-resets-backoff", "resets-too-early"),
    field=("REC-06",),
)
async def test_backoff_resets_only_when_stable(
    client: Client, origin: OriginActor, held: HeldTime
) -> None:
    """A connection that ends at once is a failure; one that lasts lets failures be forgotten."""
    origin.script.close_at_once = 1011
    policy = dataclasses.replace(held.rule(client.policy, draw=0.5), stable_seconds=60)
    async with client.follow("websocket", policy=policy) as stream:
        failing = await held.waits(4)
        origin.script.close_at_once = None
        held.go_on()
        await stream.reaches("open")
        held.passes(60)
        await origin.close_streams(1011)
        [after_a_good_while] = await held.waits(1)

    expect_backoff(failing, cap=0.5 * policy.backoff_cap)
    assert after_a_good_while == failing[0]


@practice(
    "clients that were cut together and return together cause the next outage",
    watches=CLIENT,
    kills=("no-jitter",),
    field=("REC-05", "AUT-13"),
)
async def test_fleet_returns_spread_out(client: Client, origin: OriginActor, links: Links) -> None:
    """Fifty clients that are cut at once come back over a stretch of time, and each has it all."""
    loop = await origin.loop()
    policy = dataclasses.replace(client.policy, backoff_base=0.2, random=random.Random(1).random)
    async with (
        links.before_proxy(client) as (link, far),
        fleet(far, FLEET, "websocket", loop=loop, policy=policy) as clients,
    ):
        events = [await origin.publish(loop)]
        await clients.events_until(events[-1].id)
        link.cut("rst")
        events += [await origin.publish(loop)]
        await clients.events_until(events[-1].id)

    expect_spread_out([change.at for change in clients.newest("connecting")], window=0.2)
    expect_one_story(clients.received, events)


@practice(
    "each return costs the gate one question; a client that asks twice doubles an outage",
    watches=CLIENT,
    kills=("double-connection",),
    field=("REC-05", "AUT-13"),
)
@needs(Feature.OUTPOST)
async def test_return_asks_the_gate_once(
    client: Client, origin: OriginActor, links: Links, outpost: OutpostActor
) -> None:
    """A client that comes back after a cut makes the outpost decide once more, not oftener."""
    loop = await origin.loop()
    async with links.before_proxy(client) as (link, far), far.follow("websocket") as stream:
        await origin.opened()
        await stream.events_until((await origin.publish(loop)).id)
        link.cut("rst")
        await stream.events_until((await origin.publish(loop)).id)
    decided = await outpost.requests()

    assert len(decided) == 2
