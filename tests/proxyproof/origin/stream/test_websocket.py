import asyncio
import json

import pytest

from proxyproof.events import EventId
from tests.proxyproof.origin.drive import (
    UPGRADE,
    http,
    raw,
    refused,
    serving,
    websocket,
)


async def test_the_first_message_says_what_was_opened() -> None:
    async with serving(heartbeat=7.0) as origin, websocket(origin) as ws:
        assert await ws.next() == {
            "type": "connected",
            "loopId": None,
            "resumed": False,
            "lastEventId": str(origin.log.position),
            "heartbeat": 7.0,
        }


async def test_an_act_arrives_as_the_event_that_the_call_answered_with() -> None:
    async with serving() as origin, websocket(origin) as ws, http(origin) as client:
        await ws.next()
        origin.loops.create("a")
        answer = await client.post("/api/loops/a/message", json={"text": "hé"})
        await ws.next()

        assert await ws.raw() == answer.text


async def test_a_filter_narrows_to_one_loop() -> None:
    async with serving() as origin:
        origin.loops.create("a")
        origin.loops.create("b")
        async with websocket(origin, "/api/ws?loopId=a") as ws:
            assert (await ws.next())["loopId"] == "a"
            origin.loops.act("b", "log")
            origin.emitter.publish("server.error")
            origin.loops.act("a", "log")

            assert [event["type"] for event in await ws.take(2)] == ["server.error", "loop.log"]


@pytest.mark.parametrize(
    ("query", "status", "reason"),
    [
        ("loopId=", 400, "empty-filter"),
        ("loopId", 400, "empty-filter"),
        ("loopId=%00", 400, "malformed-filter"),
        ("loopId=%ff", 400, "malformed-filter"),
        ("loopId=" + "a" * 257, 400, "malformed-filter"),
        ("loopId=a&loopId=b", 400, "ambiguous-filter"),
        ("loopId=nobody", 404, "unknown-loop"),
    ],
)
async def test_a_filter_that_is_no_good_is_refused_before_any_101(
    query: str, status: int, reason: str
) -> None:
    async with serving() as origin:
        response = await refused(origin, f"/api/ws?{query}")

        assert response.status_code == status
        assert response.headers["Content-Type"] == "application/problem+json"
        assert json.loads(response.body)["type"] == f"urn:proxyproof:problem:{reason}"


async def test_events_and_greeting_leave_with_the_101() -> None:
    async with serving() as origin:
        origin.scripts["t"].greeting.append("hello")
        async with await raw(origin, UPGRADE.format(target="/api/ws?case=t")) as connection:
            first = await connection.reader.read(2**16)

            assert first.startswith(b"HTTP/1.1 101 ")
            assert b'{"type":"connected"' in first
            assert first.endswith(b"\x81\x05hello")


async def test_the_101_has_no_body_fields() -> None:
    async with (
        serving() as origin,
        await raw(origin, UPGRADE.format(target="/api/ws")) as connection,
    ):
        head = (await connection.head()).lower()

        assert "content-type" not in head
        assert "content-length" not in head
        assert "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=" in head


async def test_raw_frames_leave_as_they_are() -> None:
    async with serving() as origin, websocket(origin, "/api/ws?case=t") as ws:
        await ws.next()
        origin.streams.of("t")[0].write_raw(b"\x01\x02on\x89\x00\x80\x01e")

        assert await ws.raw() == "one"


async def test_everything_sent_is_in_the_ledger() -> None:
    async with serving() as origin, websocket(origin, "/api/ws?case=t") as ws:
        await ws.next()
        origin.loops.create("a", token="t")
        origin.loops.act("a", "log")
        await ws.take(2)
        case = origin.ledger.of("t")

        assert [sent.event for sent in case.sent] == [event.id for event in case.published]
        assert case.sent[0].stream == case.opened[0].stream
        assert case.sent[0].event == EventId(case.sent[0].event.epoch, 1)


async def test_a_ping_waits_for_what_is_due() -> None:
    async with serving() as origin, websocket(origin, "/api/ws?case=t", max_queue=1) as ws:
        await ws.next()
        stream = origin.streams.of("t")[0]
        for _ in range(200):
            origin.emitter.publish("server.error", None, {"text": "x" * 50_000})
        await asyncio.sleep(0)
        stream.beat()
        stream.beat()

        assert stream.outbox.is_waiting
        assert stream.ending is None
        assert len(await ws.take(200)) == 200
