import asyncio
from typing import Any

import pytest

from proxyproof.origin import Origin
from tests.proxyproof.origin.drive import event_source, opened, serving, websocket


def published(origin: Origin, count: int) -> list[str]:
    return [str(origin.emitter.publish("server.error").id) for _ in range(count)]


def ids(messages: list[dict[str, Any]]) -> list[str]:
    return [str(message["id"]) for message in messages]


@pytest.mark.parametrize("count", [1, 4, 5, 23])
async def test_a_websocket_resumes_after_an_id(count: int) -> None:
    async with serving(page=5) as origin:
        known = published(origin, 1)[0]
        missed = published(origin, count)
        async with websocket(origin, f"/api/ws?lastEventId={known}") as ws:
            assert (await ws.next())["resumed"] is True
            live = published(origin, 2)

            assert ids(await ws.take(count + 2)) == missed + live


@pytest.mark.parametrize("by", ["field", "query"])
async def test_an_event_stream_resumes_after_an_id(by: str) -> None:
    async with serving() as origin:
        known, *missed = published(origin, 3)
        fields = {"Last-Event-ID": known} if by == "field" else {}
        query = f"?lastEventId={known}" if by == "query" else ""
        async with event_source(origin, f"/api/events{query}", fields) as stream:
            assert ids(await stream.take(2)) == missed


async def test_the_field_is_newer_than_the_query() -> None:
    async with serving() as origin:
        first, second, third = published(origin, 3)
        target, fields = f"/api/events?lastEventId={first}", {"Last-Event-ID": second}
        async with event_source(origin, target, fields) as stream:
            assert ids(await stream.take(1)) == [third]


async def test_nothing_is_lost_or_repeated_while_events_flow() -> None:
    async with serving(page=7) as origin:
        known, *expected = published(origin, 200)

        async def publish() -> None:
            for _ in range(200):
                expected.extend(published(origin, 1))
                await asyncio.sleep(0)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(publish())
            async with websocket(origin, f"/api/ws?lastEventId={known}") as ws:
                await ws.next()

                assert ids(await ws.take(399)) == expected


async def test_the_filter_holds_in_replay() -> None:
    async with serving() as origin:
        origin.loops.create("a")
        origin.loops.create("b")
        async with event_source(
            origin, f"/api/loops/b/events?lastEventId={origin.log.start}"
        ) as stream:
            assert (await stream.take(1))[0]["loopId"] == "b"


async def test_a_large_replay_waits_for_the_client() -> None:
    async with serving(queue_bytes=1, page=3) as origin:
        for _ in range(20):
            origin.emitter.publish("server.error", None, {"text": "x" * 200_000})
        target = f"/api/ws?case=t&lastEventId={origin.log.start}"
        async with websocket(origin, target, max_queue=1) as ws:
            await ws.next()
            await opened(origin, token="t")

            assert len(await ws.take(20)) == 20


async def test_a_replay_that_the_log_overtakes_announces_the_gap() -> None:
    async with serving(page=1, log_capacity=5) as origin:
        for _ in range(5):
            origin.emitter.publish("server.error", None, {"text": "x" * 4_000_000})
        target = f"/api/events?lastEventId={origin.log.start}"
        async with event_source(origin, target) as stream:
            await opened(origin)
            published(origin, 5)
            types = [event["type"] for event in await stream.take(7)]

            assert types.count("gap") == 1
            assert types[-1] == "server.error"


@pytest.mark.parametrize(
    ("id_text", "reason", "replayed"),
    [
        ("", "malformed", 0),
        ("nonsense", "malformed", 0),
        ("zzzz-1", "unknown-epoch", 3),
        ("{epoch}-1", "too-old", 3),
        ("{epoch}-999", "unknown", 0),
    ],
)
@pytest.mark.parametrize("transport", ["websocket", "sse"])
async def test_a_gap_is_announced_first(
    transport: str, id_text: str, reason: str, replayed: int
) -> None:
    async with serving(log_capacity=3) as origin:
        kept = published(origin, 10)[-3:]
        last_id = id_text.format(epoch=origin.log.start.epoch)
        messages = await _resumed(origin, transport, last_id, 2 + replayed)

        assert messages[0]["type"] == "gap"
        assert messages[0]["reason"] == reason
        assert messages[0]["requested"] == last_id
        assert (messages[0]["oldest"], messages[0]["newest"]) == (kept[0], kept[-1])
        assert ids(messages[1:-1]) == kept[:replayed]


async def _resumed(
    origin: Origin, transport: str, last_id: str, count: int
) -> list[dict[str, Any]]:
    if transport == "sse":
        async with event_source(origin, f"/api/events?lastEventId={last_id}") as stream:
            await opened(origin)
            published(origin, 1)
            return await stream.take(count)
    async with websocket(origin, f"/api/ws?lastEventId={last_id}") as ws:
        assert (await ws.next())["resumed"] is False
        published(origin, 1)
        return await ws.take(count)


async def test_a_lost_log_is_a_gap_to_whoever_resumes() -> None:
    async with serving() as origin:
        known = published(origin, 1)[0]
        origin.forget()
        after = published(origin, 2)
        async with websocket(origin, f"/api/ws?lastEventId={known}") as ws:
            await ws.next()
            gap, *events = await ws.take(3)

            assert gap["reason"] == "unknown-epoch"
            assert ids(events) == after


async def test_a_stream_that_was_closed_at_once_replays_nothing() -> None:
    async with serving() as origin:
        published(origin, 3)
        origin.scripts["t"].close_at_once = 1011
        target = f"/api/ws?case=t&lastEventId={origin.log.start}"
        async with websocket(origin, target) as ws:
            await ws.next()

            assert await ws.ended() == (1011, "refused as the case asked")


async def test_a_stream_cut_before_its_first_event_resumes_from_where_it_began() -> None:
    async with serving() as origin:
        published(origin, 2)
        async with websocket(origin) as ws:
            began = (await ws.next())["lastEventId"]
        missed = published(origin, 2)
        async with websocket(origin, f"/api/ws?lastEventId={began}") as ws:
            await ws.next()

            assert ids(await ws.take(2)) == missed
