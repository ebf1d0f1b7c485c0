import asyncio

import pytest

from tests.proxyproof.origin.drive import (
    ALICE,
    UPGRADE,
    event_source,
    http,
    opened,
    raw,
    refused,
    serving,
    websocket,
)


@pytest.mark.parametrize(
    ("request_", "sign"),
    [
        (UPGRADE.format(target="/api/ws?case=t"), b"\x89\x00"),
        ("GET /api/events?case=t HTTP/1.1\nHost: x", b": heartbeat\n"),
    ],
)
async def test_no_heartbeat_leaves_an_idle_stream_dead_silent(request_: str, sign: bytes) -> None:
    async with (
        serving("no-heartbeat", heartbeat=0.01) as origin,
        await raw(origin, request_) as connection,
    ):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connection.reader.readuntil(sign), 0.1)


@pytest.mark.parametrize("path", ["/api/ws", "/api/echo"])
@pytest.mark.parametrize(
    ("fault", "expected"), [("no-close-code", 1005), ("swallows-close-code", 1006)]
)
async def test_close_codes_are_left_out_or_swallowed(path: str, fault: str, expected: int) -> None:
    async with serving(fault) as origin, websocket(origin, f"{path}?case=t") as ws:
        await opened(origin, token="t")
        origin.streams.of("t")[0].close(4401, "session ended")

        assert (await ws.ended())[0] == expected


async def test_swallows_abort_ends_well() -> None:
    async with (
        serving("swallows-abort") as origin,
        event_source(origin, "/api/events?case=t") as s,
        websocket(origin, "/api/ws?case=t") as ws,
    ):
        await opened(origin, 2, token="t")
        for stream in origin.streams.of("t"):
            stream.abort()

        assert (await ws.ended())[0] == 1000
        assert ((await s.next()) or {})["code"] == 1000
        assert await s.block() is None


@pytest.mark.parametrize("path", ["/api/ws", "/api/echo"])
async def test_drops_pings_answers_none(path: str) -> None:
    async with serving("drops-pings") as origin, websocket(origin, f"{path}?case=t") as ws:
        await opened(origin, token="t")
        waiter = asyncio.ensure_future(await ws.connection.ping())
        await ws.connection.send('{"type":"ping"}')
        while "pong" not in str(await ws.raw()) and path == "/api/ws":
            pass

        assert not waiter.done()
        waiter.cancel()


async def test_sse_removed_answers_with_the_page() -> None:
    async with serving("sse-removed") as origin, http(origin) as client:
        for path in ("/api/events", "/api/loops/a/events"):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["Content-Type"]) == (
                200,
                "text/html; charset=utf-8",
            )
        async with websocket(origin) as ws:
            assert (await ws.next())["type"] == "connected"


async def test_trusts_any_peer_believes_a_stranger() -> None:
    async with serving("trusts-any-peer", trusted_peers=()) as origin, http(origin) as client:
        assert (await client.get("/api/whoami", headers=ALICE)).json()["user"] == "alice"


async def test_ignores_origin_field_lets_a_foreign_page_in() -> None:
    async with (
        serving("ignores-origin-field") as origin,
        websocket(origin, origin="https://evil.example") as ws,
    ):
        assert (await ws.next())["type"] == "connected"


async def test_the_good_origin_does_not() -> None:
    async with serving() as origin:
        refusal = await refused(origin, origin="https://evil.example")

        assert refusal.status_code == 403
