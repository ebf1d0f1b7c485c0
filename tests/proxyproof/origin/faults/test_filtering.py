from typing import Any

import pytest

from proxyproof.origin import Origin
from tests.proxyproof.origin.drive import (
    ALICE,
    BOB,
    event_source,
    opened,
    serving,
    websocket,
)


async def live(origin: Origin, query: str, count: int) -> list[Any]:
    """The loops of the live events that a stream gets, up to an event without a loop."""
    async with websocket(origin, f"/api/ws{query}", BOB) as ws:
        await ws.next()
        _publish(origin)
        return [event.get("loopId") for event in await ws.take(count)]


async def replayed(origin: Origin, query: str, count: int) -> list[Any]:
    """The same out of the log."""
    for loop in origin.loops.visible_to("alice"):
        assert loop.id
    _publish(origin)
    start = f"{origin.log.start.epoch}-4"
    async with websocket(origin, f"/api/ws{query}&lastEventId={start}", BOB) as ws:
        await ws.next()
        return [event.get("loopId") for event in await ws.take(count)]


def _publish(origin: Origin) -> None:
    for loop_id in ("a", "a1", "b", "p"):
        origin.loops.act(loop_id, "log")
    origin.emitter.publish("server.error")


def _populate(origin: Origin) -> None:
    for loop_id in ("a", "a1", "b"):
        origin.loops.create(loop_id)
    origin.loops.create("p", owner="alice", private=True)


@pytest.mark.parametrize(
    ("fault", "query", "in_life", "in_replay"),
    [
        (None, "?loopId=a", ["a", None], ["a", None]),
        (None, "?x", ["a", "a1", "b", None], ["a", "a1", "b", None]),
        ("leaks-filter", "?loopId=a", ["a", "a1", "b", None], ["a", None]),
        ("leaks-filter-in-replay", "?loopId=a", ["a", None], ["a", "a1", "b", None]),
        ("prefix-filter", "?loopId=a", ["a", "a1", None], ["a", "a1", None]),
        ("prefix-filter", "?x", ["a", "a1", "b", None], ["a", "a1", "b", None]),
        ("drops-unfiltered", "?x", [None], [None]),
        ("drops-unfiltered", "?loopId=a", ["a", None], ["a", None]),
        ("leaks-audience", "?loopId=a", ["a", None], ["a", None]),
        ("leaks-audience", "?x", ["a", "a1", "b", "p", None], ["a", "a1", "b", "p", None]),
        ("widens-empty-filter", "?loopId=", ["a", "a1", "b", None], ["a", "a1", "b", None]),
        ("widens-empty-filter", "?loopId=a", ["a", None], ["a", None]),
    ],
)
async def test_each_fault_lets_pass_what_its_name_says(
    fault: str | None, query: str, in_life: list[Any], in_replay: list[Any]
) -> None:
    async with serving(*([fault] if fault else [])) as origin:
        _populate(origin)

        assert await replayed(origin, query, len(in_replay)) == in_replay
        assert await live(origin, query, len(in_life)) == in_life


async def test_drops_on_subscribe_forgets_the_loops_there_were() -> None:
    async with serving("drops-on-subscribe") as origin:
        _populate(origin)
        async with websocket(origin, "/api/ws?loopId=a") as ws:
            await ws.next()
            await ws.say(type="subscribe", loopId="b")

            assert (await ws.next())["loopIds"] == ["b"]


async def test_fallback_ungated_shows_private_events_on_event_streams_only() -> None:
    async with serving("fallback-ungated") as origin:
        _populate(origin)
        async with websocket(origin, "/api/ws", BOB) as ws, event_source(origin, fields=BOB) as old:
            await ws.next()
            await opened(origin, 2)
            origin.loops.act("p", "log")
            marker = origin.emitter.publish("server.error")

            assert (await ws.next())["id"] == str(marker.id)
            assert ((await old.next()) or {})["audience"] == "alice"


async def test_fallback_ungated_keeps_the_filter() -> None:
    async with serving("fallback-ungated") as origin:
        _populate(origin)
        async with event_source(origin, "/api/loops/a/events", ALICE) as old:
            await opened(origin)
            _publish(origin)

            assert [event.get("loopId") for event in await old.take(2)] == ["a", None]
