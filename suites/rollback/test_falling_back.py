"""From WebSocket to Server-Sent Events when the WebSocket does not work, and back when it does."""

import asyncio
import dataclasses

import pytest

from fixtures.client import Client
from fixtures.deployment import Deployment
from fixtures.origin import OriginActor
from fixtures.trouble import Trouble
from suites.expect import expect_no_fallback, expect_same_events
from suites.requirement import CLIENT, PROXY, practice

BLOCKED = "some networks let no WebSocket pass; the application must work there all the same"


@practice(
    BLOCKED,
    watches=CLIENT,
    kills=("never-falls-back", "strips-upgrade", "never-reconnects"),
    field=("FLB-01",),
)
@pytest.mark.parametrize("status", [400, 403, 404, 426, 501, 502])
async def test_refused_upgrade_falls_back(client: Client, origin: OriginActor, status: int) -> None:
    """A client whose upgrade is refused receives the events over SSE; unrefused, over WebSocket."""
    loop = await origin.loop()
    async with client.follow(loop=loop) as control:
        control_is = await control.reaches("open")
    origin.script.transport, origin.script.refuse = "websocket", status
    async with client.follow(loop=loop) as stream:
        await stream.reaches("open", "sse")
        await origin.opened(2)
        published = await origin.publish_many(3, loop)
        received = await stream.events(3)

    assert control_is.transport == "websocket"
    expect_same_events(received, published)


@practice(BLOCKED, watches=CLIENT, kills=("never-falls-back",), field=("FLB-01",))
async def test_unanswered_upgrade_falls_back(client: Client, origin: OriginActor) -> None:
    """A client whose upgrade is never answered receives the events over SSE."""
    loop = await origin.loop()
    origin.script.transport, origin.script.hold_upgrade = "websocket", asyncio.Event()
    policy = dataclasses.replace(client.policy, open_timeout=0.2)
    async with client.follow(loop=loop, policy=policy) as stream:
        await stream.reaches("open", "sse")
        await origin.opened()
        published = await origin.publish(loop)

        expect_same_events(await stream.events(1), [published])


@practice(BLOCKED, watches=CLIENT, kills=("never-falls-back",), field=("FLB-01",))
async def test_upgrade_accepted_then_closed_falls_back(client: Client, origin: OriginActor) -> None:
    """A client whose WebSocket is opened and closed at once receives the events over SSE."""
    loop = await origin.loop()
    origin.script.transport, origin.script.close_at_once = "websocket", 1011
    async with client.follow(loop=loop) as stream:
        await stream.reaches("open", "sse")
        await origin.opened(2)
        published = await origin.publish(loop)

        expect_same_events(await stream.events(1), [published])


@practice(
    BLOCKED,
    watches=CLIENT,
    kills=("never-falls-back", "forgets-id-on-switch"),
    field=("FLB-01", "FLB-04"),
)
async def test_mid_stream_failures_fall_back(
    client: Client, origin: OriginActor, trouble: Trouble
) -> None:
    """A client whose WebSocket dies again and again goes on over SSE, and misses nothing."""
    loop = await origin.loop()
    policy = dataclasses.replace(client.policy, websocket_deaths=2)
    async with client.follow(loop=loop, policy=policy) as stream:
        await origin.opened()
        first = await origin.publish(loop)
        await stream.events_until(first.id)
        second = await trouble.cut_and_publish(loop)
        await stream.events_until(second.id)
        third = await trouble.cut_and_publish(loop)
        await stream.events_until(third.id)
        await stream.reaches("open", "sse")

    expect_same_events(stream.seen, [first, second, third])


@practice(
    "a client that stays on the fallback after one bad minute stays there for the whole day",
    watches=CLIENT,
    kills=("stuck-on-fallback",),
    field=("FLB-02",),
)
async def test_restored_websocket_is_used_again(
    client: Client, origin: OriginActor, trouble: Trouble
) -> None:
    """A client that fell back returns to the WebSocket when it works again, and misses nothing."""
    loop = await origin.loop()
    policy = dataclasses.replace(client.policy, return_seconds=0.1)
    async with client.follow(loop=loop, policy=policy) as stream:
        await origin.opened()
        first = await origin.publish(loop)
        await stream.events_until(first.id)
        async with trouble.withdrawn("websocket"):
            await stream.reaches("open", "sse")
        await stream.reaches("open", "websocket")
        last = await origin.publish(loop)

        expect_same_events(await stream.events_until(last.id), [last])


@practice(
    "the WebSocket is there to be used: a fallback that nobody needs hides what is broken",
    watches=(PROXY, CLIENT),
    kills=(
        "upgrade-not-configured",
        "upgrade-dropped",
        "strips-upgrade",
        "invents-subprotocol",
        "redirects-slash",
        "host-replaced",
    ),
    field=("FLB-01", "HDR-01"),
)
async def test_rollback_investigation_names_the_setting(
    client: Client, origin: OriginActor, deployment: Deployment
) -> None:
    """A WebSocket that can work is used; after a fallback the report names the setting to blame."""
    loop = await origin.loop()
    page = client.sending(("Origin", client.way.url))  # as a browser does
    async with page.follow(loop=loop) as stream:
        await stream.reaches("open")
        heads = await origin.heads()

    expect_no_fallback(stream, heads, deployment.settings_to_blame())
