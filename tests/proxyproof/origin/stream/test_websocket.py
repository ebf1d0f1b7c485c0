import asyncio
import json

import pytest

from proxyproof.events import EventId
from proxyproof.origin.stream.stream import Ending
from proxyproof.origin.stream.websocket import WebSocketStream
from tests.proxyproof.origin.drive import (
    UPGRADE,
    Raw,
    closed,
    http,
    opened,
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


async def test_a_ping_command_is_answered() -> None:
    async with serving() as origin, websocket(origin) as ws:
        await ws.next()
        await ws.say(type="ping")
        await ws.say(type="ping", nonce="7")

        assert await ws.take(2) == [{"type": "pong"}, {"type": "pong", "nonce": "7"}]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ('{"type":"explode"}', "unknown-command"),
        ('{"type":7}', "unknown-command"),
        ("{}", "unknown-command"),
        ("[]", "malformed-command"),
        ("not json", "malformed-command"),
        ("[" * 10000, "malformed-command"),
        (b"{}", "malformed-command"),
        ('{"type":"ping","nonce":"\\ud800"}', "malformed-command"),
        ('{"type":"ping","nonce":1}', "malformed-command"),
        ('{"type":"subscribe"}', "malformed-filter"),
        ('{"type":"subscribe","loopId":""}', "empty-filter"),
        ('{"type":"subscribe","loopId":"nobody"}', "unknown-loop"),
        ('{"type":"unsubscribe","loopId":"nobody"}', "not-subscribed"),
    ],
)
async def test_a_command_that_is_no_good_gets_an_error_and_the_stream_goes_on(
    message: str | bytes, reason: str
) -> None:
    async with serving() as origin, websocket(origin) as ws:
        await ws.next()
        await ws.connection.send(message)
        await ws.say(type="ping")
        error, pong = await ws.take(2)

        assert (error["type"], error["reason"]) == ("error", reason)
        assert pong == {"type": "pong"}


async def test_a_subscription_adds_a_loop_and_its_end_takes_it_away() -> None:
    async with serving() as origin:
        origin.loops.create("a")
        origin.loops.create("b")
        async with websocket(origin, "/api/ws?loopId=a") as ws:
            await ws.next()
            await ws.say(type="subscribe", loopId="b")
            subscribed = await ws.next()
            first, second = origin.loops.act("a", "log"), origin.loops.act("b", "log")
            both = await ws.take(2)
            await ws.say(type="unsubscribe", loopId="a")
            unsubscribed = await ws.next()
            origin.loops.act("a", "log")
            third = origin.loops.act("b", "log")
            last = await ws.next()

            assert subscribed == {
                "type": "subscribed",
                "loopId": "b",
                "loopIds": ["a", "b"],
                "after": str(origin.log.start).replace("-0", "-2"),
            }
            assert [event["id"] for event in both] == [str(first.id), str(second.id)]
            assert unsubscribed["loopIds"] == ["b"]
            assert last["id"] == str(third.id)


async def test_a_stream_without_a_filter_stays_so() -> None:
    async with serving() as origin:
        origin.loops.create("a")
        async with websocket(origin) as ws:
            await ws.next()
            await ws.say(type="subscribe", loopId="a")

            assert (await ws.next())["loopIds"] is None


async def test_a_confirmation_from_an_empty_log_knows_no_id() -> None:
    async with serving() as origin:
        origin.loops.create("a")
        origin.forget()
        async with websocket(origin) as ws:
            await ws.next()
            await ws.say(type="subscribe", loopId="a")

            assert (await ws.next())["after"] is None


async def test_a_message_beyond_the_bound_closes_with_1009() -> None:
    async with serving(max_message=1024) as origin, websocket(origin) as ws:
        await ws.next()
        await ws.connection.send("x" * 100_000)

        assert (await ws.ended())[0] == 1009


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xc1\x80\x00\x00\x00\x00", 1002),  # a reserved bit
        (b"\x83\x80\x00\x00\x00\x00", 1002),  # a reserved opcode
        (b"\x81\x82\x00\x00\x00\x00\xff\xff", 1007),  # no UTF-8
    ],
)
async def test_a_client_that_breaks_the_protocol_is_told_its_code(data: bytes, code: int) -> None:
    async with (
        serving() as origin,
        await raw(origin, UPGRADE.format(target="/api/ws?case=t")) as connection,
    ):
        await connection.head()
        connection.send(data)
        rest = await connection.rest()
        await connection.__aexit__()
        await closed(origin, token="t")

        assert rest.endswith(b"\x88\x02" + code.to_bytes(2, "big"))
        assert origin.ledger.of("t").closed[0].code == code


async def test_a_close_code_and_reason_are_answered_and_noted() -> None:
    async with serving() as origin, websocket(origin, "/api/ws?case=t") as ws:
        await ws.connection.close(4999, "enough")
        await closed(origin, token="t")

        assert await ws.ended() == (4999, "enough")
        entry = origin.ledger.of("t").closed[0]
        assert (entry.code, entry.reason, entry.by) == (4999, "enough", "client")


async def test_a_close_without_a_code_is_noted_as_1005() -> None:
    async with (
        serving() as origin,
        await raw(origin, UPGRADE.format(target="/api/ws?case=t")) as connection,
    ):
        await connection.head()
        connection.send(b"\x88\x80\x00\x00\x00\x00")
        rest = await connection.rest()

        assert rest.endswith(b"\x88\x00")
        assert origin.ledger.of("t").closed[0].code == 1005


async def test_a_ping_is_answered_with_its_payload() -> None:
    async with serving() as origin, websocket(origin) as ws:
        waiter = await ws.connection.ping(b"payload")

        assert await asyncio.wait_for(waiter, 5) >= 0


async def test_a_client_that_vanishes_is_noted_as_lost() -> None:
    async with serving() as origin, websocket(origin, "/api/ws?case=t") as ws:
        ws.connection.transport.abort()
        await closed(origin, token="t")

        entry = origin.ledger.of("t").closed[0]
        assert (entry.code, entry.by) == (1006, "loss")


async def _unmasked_ping(connection: Raw) -> bytes:
    data = b""
    while b"\x89\x00" not in data:
        data += await asyncio.wait_for(connection.reader.read(100), 5)
    return data


async def test_a_client_that_answers_no_ping_is_given_up() -> None:
    async with (
        serving(heartbeat=0.05) as origin,
        await raw(origin, UPGRADE.format(target="/api/ws?case=t")) as connection,
    ):
        await _unmasked_ping(connection)
        await closed(origin, token="t")

        assert origin.ledger.of("t").closed[0].reason == "no answer to a ping"


async def test_a_client_has_the_time_that_is_set_to_answer_a_ping() -> None:
    async with (
        serving(heartbeat=0.02, pong=60.0) as origin,
        await raw(origin, UPGRADE.format(target="/api/ws?case=t")) as connection,
    ):
        for _ in range(3):
            await _unmasked_ping(connection)

        assert not origin.ledger.of("t").closed


async def test_a_client_that_answers_stays() -> None:
    async with (
        serving(heartbeat=0.05) as origin,
        await raw(origin, UPGRADE.format(target="/api/ws?case=t")) as connection,
    ):
        for _ in range(4):
            await _unmasked_ping(connection)
            connection.send(b"\x8a\x80\x00\x00\x00\x00")

        assert len(origin.streams.of("t")) == 1


async def test_the_origin_ends_a_stream_with_code_and_reason() -> None:
    async with serving() as origin, websocket(origin, "/api/ws?case=t") as ws:
        await ws.next()
        origin.loops.create("a")
        origin.streams.of("t")[0].close(1008, "enough")
        origin.loops.act("a", "log")

        assert (await ws.next())["type"] == "loop.created"
        assert await ws.ended() == (1008, "enough")


async def test_only_the_first_end_counts() -> None:
    async with serving() as origin, websocket(origin, "/api/ws?case=t") as ws:
        await ws.next()
        stream = origin.streams.of("t")[0]
        stream.close(1008, "first")
        stream.close(1011, "second")
        stream.abort()
        await closed(origin, token="t")

        assert origin.ledger.of("t").closed[0].reason == "first"


async def test_a_client_that_does_not_answer_a_close_is_cut() -> None:
    async with (
        serving(close_timeout=0.05) as origin,
        await raw(origin, UPGRADE.format(target="/api/ws?case=t")) as connection,
    ):
        await opened(origin, token="t")
        origin.streams.of("t")[0].close(1008)
        await closed(origin, token="t")

        assert (await connection.rest()).endswith(b"\x88\x02\x03\xf0")


async def test_an_aborted_stream_ends_without_a_close_frame() -> None:
    async with serving() as origin, websocket(origin, "/api/ws?case=t") as ws:
        await opened(origin, token="t")
        origin.streams.of("t")[0].abort()

        assert await ws.ended() == (1006, "")


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


async def test_what_aiohttp_calls_a_normal_end_is_a_client_that_is_gone() -> None:
    async with serving() as origin, websocket(origin, "/api/ws?case=t") as ws:
        await ws.next()
        stream = origin.streams.of("t")[0]
        assert isinstance(stream, WebSocketStream)
        stream.fail(1000)

        assert stream.ending == Ending(1006, "", "loss")


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
