"""Signs of life: idle streams are kept, dead ones are noticed, and no clock ends a busy one."""

import asyncio
import dataclasses

from fixtures.actors import Links
from fixtures.client import Client
from fixtures.deadlines import Deadlines
from fixtures.fleet import one_a_transport
from fixtures.frames import raw_websocket
from fixtures.origin import OriginActor
from fixtures.trouble import Trouble
from fixtures.vocabulary import CaseLedger, Cause, Opcode, ping
from proxy.model import Feature
from suites.expect import expect_same_events
from suites.requirement import (
    CLIENT,
    ORIGIN,
    PROXY,
    needs,
    over_both_transports,
    over_both_versions,
    practice,
)

NONCE = b"as it was sent: 42"


def has_lost_its_first_websocket(case: CaseLedger) -> bool:
    """Whether the origin has given up the WebSocket that was opened first, as lost."""
    first = next(one.stream for one in case.opened if one.transport == "websocket")
    return any(one.stream == first and one.by == "loss" for one in case.closed)


@practice(
    "a connection that a middlebox has forgotten shows old data for hours",
    watches=(CLIENT, ORIGIN),
    kills=("no-watchdog", "no-heartbeat"),
    field=("TMO-11", "TMO-12", "SSE-11"),
)
async def test_half_open_connection_is_noticed(
    client: Client, origin: OriginActor, links: Links, deadlines: Deadlines
) -> None:
    """When bytes vanish without a FIN, both ends notice by the heartbeat; the client is back."""
    loop = await origin.loop()
    policy = dataclasses.replace(client.policy, watchdog_seconds=2 * deadlines.heartbeat)
    async with (
        links.before_proxy(client) as (link, far),
        one_a_transport(far, loop, policy) as clients,
    ):
        await clients.events_until((await origin.publish(loop)).id)
        link.cut("silence")
        await clients.events_until((await origin.publish(loop)).id)
        await origin.until(has_lost_its_first_websocket, "the loss of the first WebSocket")

    assert [one.endings[0].cause for one in clients.clients] == [Cause.SILENT, Cause.SILENT]


@practice(
    "events may be an hour apart; the timer of a proxy must not decide how long a stream lives",
    watches=(PROXY, ORIGIN),
    kills=("no-heartbeat", "read-timeout-short", "tunnel-timeout-short", "stream-idle-timeout"),
    field=("TMO-01", "TMO-03", "TMO-05", "TMO-06", "TMO-08", "TMO-09"),
)
@needs(Feature.IDLE_TIMEOUT)
async def test_heartbeats_outlive_the_idle_timer(
    client: Client, origin: OriginActor, trouble: Trouble, deadlines: Deadlines
) -> None:
    """A stream whose heartbeat is a third of the proxy's idle timer lives on without events."""
    loop = await origin.loop()
    origin.script.heartbeat = deadlines.idle / 3
    async with (
        client.stream("websocket", loop=loop) as socket,
        client.stream("sse", loop=loop) as events,
    ):
        await origin.opened(2)
        await trouble.pass_time(1.1 * deadlines.idle)
        after = await origin.publish(loop)

        assert (await socket.event()).id == str(after.id)
        assert (await events.event()).id == str(after.id)


@practice(
    "an absolute timer cuts busy streams too, whatever is sent on them",
    watches=PROXY,
    kills=("route-timeout", "write-deadline", "cuts-after"),
    field=("TMO-02", "TMO-04", "TMO-07", "TMO-13"),
)
@needs(Feature.GATEWAY)
async def test_active_stream_has_no_total_limit(
    client: Client, origin: OriginActor, trouble: Trouble, deadlines: Deadlines
) -> None:
    """A stream on which events flow lives longer than every scaled timer of the proxy."""
    loop = await origin.loop()
    async with (
        client.stream("websocket", loop=loop) as socket,
        client.stream("sse", loop=loop) as events,
    ):
        await origin.opened(2)
        async with trouble.steady(loop, every=deadlines.absolute / 20):
            await trouble.pass_time(deadlines.absolute)
        [_, *published] = await origin.published()
        last = str(published[-1].id)

        expect_same_events(await socket.events_until(last), published)
        expect_same_events(await events.events_until(last), published)


@practice(
    "an origin that goes on for clients that have left runs out of everything",
    watches=PROXY,
    kills=("orphans-upstream",),
    field=("CON-05", "TMO-10"),
)
@over_both_transports
@over_both_versions
async def test_client_gone_is_told_to_the_origin(
    client: Client, origin: OriginActor, links: Links, deadlines: Deadlines, transport: str
) -> None:
    """The origin learns that a client has vanished at once, not by a timer or a failed write."""
    origin.script.heartbeat = 10 * deadlines.idle
    async with links.before_proxy(client) as (link, far), far.stream(transport):
        await origin.opened()
        link.cut("rst")
        async with asyncio.timeout(deadlines.idle / 2):
            [closed] = await origin.closed()

    assert closed.by == "loss"


@practice(
    "the liveness of a service is not the liveness of the proxy before it",
    watches=(PROXY, ORIGIN),
    kills=("answers-pings", "drops-pings"),
    field=("CLS-03", "TMO-12"),
)
async def test_ping_and_pong_cross_the_proxy(client: Client, origin: OriginActor) -> None:
    """A ping of either side reaches the other with its payload, and so does the answer."""
    origin.script.heartbeat = 60
    async with raw_websocket(client, "/api/ws") as connection:
        [greeting] = await connection.read_frames()
        await connection.send_frame(ping(NONCE))
        [pong] = await connection.read_frames()
        await origin.send_frames(ping(NONCE), greeting)
        [from_origin] = await connection.read_frames()

    assert (pong.opcode, bytes(pong.data)) == (Opcode.PONG, NONCE)
    assert (from_origin.opcode, bytes(from_origin.data)) == (Opcode.PING, NONCE)
