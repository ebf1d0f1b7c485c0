import asyncio

import pytest

from proxyproof.origin.stream.stream import Ending
from proxyproof.origin.stream.websocket import WebSocketStream
from tests.proxyproof.origin.drive import (
    UPGRADE,
    Raw,
    closed,
    opened,
    raw,
    serving,
    websocket,
)


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
        (b"\x81\x01x", 1002),  # no mask
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


async def test_what_aiohttp_calls_a_normal_end_is_a_client_that_is_gone() -> None:
    async with serving() as origin, websocket(origin, "/api/ws?case=t") as ws:
        await ws.next()
        stream = origin.streams.of("t")[0]
        assert isinstance(stream, WebSocketStream)
        stream.fail(1000)

        assert stream.ending == Ending(1006, "", "loss")
