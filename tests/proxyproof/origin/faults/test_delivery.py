import asyncio
import time

import pytest

from proxyproof.origin import Origin
from tests.proxyproof.origin.drive import (
    closed,
    event_source,
    http,
    opened,
    raw,
    serving,
    websocket,
)


def flood(origin: Origin) -> int:
    for _ in range(240):
        origin.emitter.publish("server.error", None, {"text": "x" * 50_000})
    return 240


async def test_drops_when_slow_leaves_a_silent_hole() -> None:
    async with (
        serving("drops-when-slow", queue_bytes=300_000) as origin,
        websocket(origin, "/api/ws?case=t", max_queue=1) as ws,
    ):
        await ws.next()
        await opened(origin, token="t")
        last = flood(origin)
        await asyncio.sleep(0)
        received = [await ws.next()]
        while origin.streams.of("t")[0].outbox.is_full:
            received.append(await ws.next())
        marker = origin.emitter.publish("server.error")
        while received[-1]["id"] != str(marker.id):
            received.append(await ws.next())

        assert len(received) < last + 1
        assert not origin.ledger.of("t").closed


async def test_blocks_on_slow_makes_everybody_wait() -> None:
    async with serving("blocks-on-slow") as origin, websocket(origin) as ws:
        await ws.next()
        async with await raw(origin, "GET /api/events?case=t HTTP/1.1\nHost: x") as slow:
            await opened(origin, token="t")
            slow.writer.transport.pause_reading()  # type: ignore[attr-defined]
            count = flood(origin)
            await ws.take(count)
            marker = origin.emitter.publish("server.error")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(ws.connection.recv(), 0.1)
        await closed(origin, token="t")

        assert (await ws.next())["id"] == str(marker.id)


async def test_coalesces_1s_holds_events_for_a_second() -> None:
    async with serving("coalesces-1s") as origin, websocket(origin) as ws:
        await ws.next()
        origin.emitter.publish("server.error")
        published_at = time.monotonic()
        await ws.next()

        assert time.monotonic() - published_at > 0.9


async def test_buffers_4k_waits_for_more() -> None:
    async with serving("buffers-4k") as origin, event_source(origin, "/api/events?case=t") as one:
        await opened(origin, token="t")
        first = origin.emitter.publish("server.error")
        assert origin.streams.of("t")[0].transport.get_write_buffer_size() == 0
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(one.next(), 0.05)
        assert first.id.sequence == 1


async def test_buffers_4k_flushes_what_is_full_and_at_the_end() -> None:
    async with serving("buffers-4k") as origin, websocket(origin, "/api/ws?case=t") as ws:
        await ws.next()
        origin.emitter.publish("server.error", None, {"text": "x" * 5000})
        full = await ws.next()
        last = origin.emitter.publish("server.error")
        origin.streams.of("t")[0].close(1001)

        assert full["text"] == "x" * 5000
        assert (await ws.next())["id"] == str(last.id)
        assert (await ws.ended())[0] == 1001


REQUEST = "GET /api/events?case=t HTTP/1.1\nHost: x"


async def test_holds_headers_until_the_first_event() -> None:
    async with (
        serving("holds-headers", heartbeat=0.01) as origin,
        await raw(origin, REQUEST) as connection,
    ):
        await opened(origin, token="t")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connection.reader.read(1), 0.05)
        origin.emitter.publish("server.error")

        assert (await connection.head()).startswith("HTTP/1.1 200")
        assert (await connection.reader.readuntil(b"heartbeat\n\n")).count(b"data: ") == 1


async def test_holds_headers_lets_them_go_at_the_end() -> None:
    async with serving("holds-headers") as origin, await raw(origin, REQUEST) as connection:
        await opened(origin, token="t")
        origin.streams.of("t")[0].close(1001)

        assert (await connection.head()).startswith("HTTP/1.1 200")


async def test_streams_get_only_refuses_post() -> None:
    async with serving("streams-get-only") as origin, http(origin) as client:
        assert (await client.post("/api/events")).status_code == 405
        async with event_source(origin) as stream:
            assert stream.response.status_code == 200
