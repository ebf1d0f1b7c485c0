"""The rollback drill: the WebSocket is withdrawn while clients are on it, and restored."""

import dataclasses
import random

from fixtures.client import Client
from fixtures.fleet import fleet
from fixtures.origin import OriginActor
from fixtures.trouble import Trouble
from suites.expect import expect_one_story
from suites.requirement import CLIENT, ORIGIN, practice

FLEET = 50
MOVED = "a rollback that loses or repeats events is a second incident on top of the first"


@practice(
    MOVED,
    watches=(CLIENT, ORIGIN),
    kills=(
        "forgets-last-id",
        "forgets-id-on-switch",
        "duplicates-on-resume",
        "redelivers-on-switch",
    ),
    field=("FLB-04",),
)
async def test_withdrawal_moves_open_clients(
    client: Client, origin: OriginActor, trouble: Trouble
) -> None:
    """Clients whose WebSocket is withdrawn go on over SSE: nothing lost, repeated or swapped."""
    loop = await origin.loop()
    async with fleet(client, 3, "auto", loop=loop, policy=client.policy) as clients:
        before = await origin.publish_many(5, loop)
        await clients.events(5)
        async with trouble.withdrawn("websocket"):
            between = await origin.publish_many(5, loop)
            await clients.reach("open", "sse")
            after = await origin.publish_many(5, loop)
            await clients.events_until(after[-1].id)

    expect_one_story(clients.received, [*before, *between, *after])
    assert {ending.code for one in clients.clients for ending in one.endings} == {4410}


@practice(
    "a user who is told nothing of a switch cannot report what happens on it",
    watches=CLIENT,
    kills=("status-stuck-open",),
    field=("FLB-04",),
)
async def test_status_tells_of_the_switch(client: Client, trouble: Trouble) -> None:
    """A client tells of the loss of one transport and of the opening of the other, in order."""
    async with client.follow() as stream:
        await stream.reaches("open", "websocket")
        async with trouble.withdrawn("websocket"):
            await stream.reaches("waiting", "sse")
            await stream.reaches("open", "sse")

    steps = [f"{change.transport} {change.status}" for change in stream.history]
    assert steps[:2] == ["websocket connecting", "websocket open"]
    assert steps[2:] == ["sse waiting", "sse connecting", "sse open", "sse closed"]


@practice(
    MOVED,
    watches=(CLIENT, ORIGIN),
    kills=("forgets-last-id", "skips-on-resume", "stuck-on-fallback", "slots-exhausted"),
    field=("FLB-02", "FLB-04", "REC-05", "CON-01", "CON-02"),
)
async def test_rollback_drill(client: Client, origin: OriginActor, trouble: Trouble) -> None:
    """Fifty clients go from WebSocket to SSE and back while events flow, and receive each once."""
    loop = await origin.loop()
    chance = random.Random(1).random
    policy = dataclasses.replace(client.policy, return_seconds=0.2, random=chance)
    async with fleet(client, FLEET, "auto", loop=loop, policy=policy) as clients:
        async with trouble.steady(loop, every=0.02):
            await clients.events(2)
            async with trouble.withdrawn("websocket"):
                await clients.reach("open", "sse")
            await clients.reach("open", "websocket")
        [_, *published] = await origin.published()
        await clients.events_until(published[-1].id)

    expect_one_story(clients.received, published)
