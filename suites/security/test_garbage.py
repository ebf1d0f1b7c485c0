"""Garbage is refused and survived: who sends it is told so, and nobody else is harmed.

RFC 6455 sections 5 and 8.1 for frames, RFC 9112 for heads.
"""

from fixtures.client import Client
from fixtures.garbage import (
    FRAMES,
    WELL_FORMED,
    half_open,
    provoked_by_frames,
    provoked_by_heads,
)
from fixtures.origin import OriginActor
from suites.expect import expect_same_events
from suites.requirement import ORIGIN, PROXY, must, practice

HALF_OPEN = 300


@must(
    "RFC 6455",
    "5.2",
    watches=(ORIGIN, PROXY),
    kills=("crashes-on-garbage", "forgives-garbage"),
    field=("SEC-10",),
)
async def test_garbage_is_survived(client: Client, origin: OriginActor) -> None:
    """The server fails a WebSocket that breaks the protocol, says why, and keeps all others."""
    loop = await origin.loop()
    async with client.stream("websocket") as bystander, client.stream("sse") as other:
        codes = await provoked_by_frames(client)
        event = await origin.publish(loop)
        received = [await one.events_until(str(event.id)) for one in (bystander, other)]

    assert codes == {name: code for name, (_, code) in FRAMES.items()}
    expect_same_events(received[0], [event])
    expect_same_events(received[1], [event])


@practice(
    "two hops that read one malformed head differently are the start of every smuggled request",
    watches=(PROXY, ORIGIN),
    kills=("lenient-parser",),
    field=("SEC-10",),
)
async def test_malformed_head_is_refused(client: Client, origin: OriginActor) -> None:
    """The server refuses a request head that cannot be read, and keeps all others."""
    loop = await origin.loop()
    async with client.stream("websocket") as bystander:
        let_in = await provoked_by_heads(client)
        event = await origin.publish(loop)
        received = await bystander.events_until(str(event.id))
    heads = await origin.heads()

    assert let_in == {WELL_FORMED: 200}
    assert len(heads) == 2  # that one, and the bystander's
    expect_same_events(received, [event])


@practice(
    "a connection costs its client nothing: those that say nothing must not stand in the way",
    watches=(PROXY, ORIGIN),
    kills=("connections-exhausted",),
    field=("SEC-10",),
)
async def test_half_open_connections_harm_nobody(client: Client, origin: OriginActor) -> None:
    """The server serves old and new clients beside hundreds of connections that never speak up."""
    loop = await origin.loop()
    async with (
        client.stream("websocket") as before,
        half_open(client.way.dial, HALF_OPEN, client.deadlines.arrival),
        client.stream("sse") as after,
    ):
        await origin.opened(2)
        event = await origin.publish(loop)
        received = [await one.events_until(str(event.id)) for one in (before, after)]

    expect_same_events(received[0], [event])
    expect_same_events(received[1], [event])
