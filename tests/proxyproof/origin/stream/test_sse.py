import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from tests.proxyproof.origin.drive import (
    ALICE,
    closed,
    event_source,
    http,
    opened,
    raw,
    serving,
    websocket,
)


async def test_a_comment_the_retry_time_and_the_position_come_at_once() -> None:
    async with serving(retry=1500) as origin, event_source(origin) as stream:
        assert await stream.block() == ": connected"
        assert await stream.block() == f"retry: 1500\nid: {origin.log.position}"


async def test_the_head_forbids_caching_and_buffering_and_announces_the_successor() -> None:
    deprecated, sunset = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    async with (
        serving(deprecated=deprecated, sunset=sunset) as origin,
        event_source(origin, fields={"Connection": "close"}) as stream,
    ):
        fields = stream.response.headers

        assert fields["Content-Type"] == "text/event-stream"
        assert fields["Cache-Control"] == "no-cache, no-transform"
        assert fields["X-Accel-Buffering"] == "no"
        assert fields["Deprecation"] == "@1767225600"
        assert fields["Sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"
        assert fields["Link"] == '</api/ws>; rel="successor-version"'
        assert "Connection" not in fields


async def test_event_streams_are_not_old_while_they_are_all_there_is() -> None:
    async with serving() as origin:
        origin.transports.withdraw("websocket")
        async with event_source(origin) as stream:
            assert "Deprecation" not in stream.response.headers


async def test_nor_if_the_operator_says_so() -> None:
    async with serving(deprecated=None) as origin, event_source(origin) as stream:
        assert "Sunset" not in stream.response.headers


async def test_each_event_carries_its_id_and_the_json_of_the_other_transport() -> None:
    async with serving() as origin, websocket(origin) as ws, event_source(origin) as stream:
        await ws.next()
        await stream.block()
        await stream.block()
        event = origin.emitter.publish("server.error", None, {"text": "hé\n"})

        assert await stream.block() == f"id: {event.id}\ndata: {await ws.raw()!s}"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("target", ["/api/events?loopId=a%2Fb", "/api/loops/a%2Fb/events"])
async def test_the_stream_of_one_loop_has_no_other(target: str, method: str) -> None:
    async with serving() as origin:
        origin.loops.create("a/b")
        origin.loops.create("b")
        async with event_source(origin, target, method=method) as stream:
            await opened(origin)
            origin.loops.act("b", "log")
            origin.loops.act("a/b", "log")

            assert ((await stream.next()) or {})["loopId"] == "a/b"


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/api/loops/nobody/events", 404),
        ("/api/loops/%00/events", 400),
        ("/api/events?loopId=", 400),
        ("/api/events?loopId=nobody", 404),
    ],
)
async def test_a_filter_that_is_no_good_is_refused(target: str, status: int) -> None:
    async with serving() as origin, http(origin) as client:
        response = await client.get(target)

        assert response.status_code == status
        assert response.headers["Content-Type"] == "application/problem+json"


async def test_comments_keep_an_idle_stream_alive() -> None:
    async with serving(heartbeat=0.02) as origin, event_source(origin) as stream:
        await stream.block()
        await stream.block()

        assert [await stream.block(), await stream.block()] == [": heartbeat", ": heartbeat"]


async def test_an_end_names_its_code_and_where_to_go_on() -> None:
    async with serving() as origin, event_source(origin, "/api/events?case=t") as stream:
        await opened(origin, token="t")
        event = origin.emitter.publish("server.error")
        origin.streams.of("t")[0].close(1012, "restarting")
        await stream.next()

        assert await stream.next() == {
            "type": "closed",
            "code": 1012,
            "reason": "restarting",
            "resumeFrom": str(event.id),
        }
        assert await stream.block() is None
        await closed(origin, token="t")
        assert origin.ledger.of("t").closed[0].code == 1012


async def test_the_connection_outlives_a_stream_that_ended_well() -> None:
    async with serving() as origin, http(origin) as client:
        async with client.stream("GET", "/api/events?case=t") as response:
            await opened(origin, token="t")
            origin.streams.of("t")[0].close(1012)
            await response.aread()
            first = response.extensions["network_stream"]
        async with client.stream("GET", "/api/health") as response:
            assert response.extensions["network_stream"] is first


async def test_an_aborted_stream_is_no_end() -> None:
    async with serving() as origin, event_source(origin, "/api/events?case=t") as stream:
        await opened(origin, token="t")
        origin.streams.of("t")[0].abort()
        with pytest.raises(httpx.TransportError):
            await stream.next()


async def test_a_client_that_leaves_is_noted() -> None:
    async with serving() as origin:
        async with event_source(origin, "/api/events?case=t", ALICE):
            await opened(origin, token="t")
        await closed(origin, token="t")

        assert origin.ledger.of("t").opened[0].user == "alice"
        assert origin.ledger.of("t").closed[0].by == "loss"


async def test_an_http_1_0_client_gets_no_chunks() -> None:
    async with (
        serving() as origin,
        await raw(origin, "GET /api/events?case=t HTTP/1.0") as connection,
    ):
        head = await connection.head()
        await opened(origin, token="t")
        origin.streams.of("t")[0].close(1012)
        body = await connection.rest()

        assert "chunked" not in head.lower()
        assert body.startswith(b": connected\n\nretry: 3000\nid: ")


async def test_too_many_clients_are_told_to_come_again() -> None:
    async with serving(max_clients=1) as origin, event_source(origin), http(origin) as client:
        await opened(origin)
        response = await client.get("/api/events")

        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


async def test_a_websocket_too_many_is_closed_with_1013() -> None:
    async with serving(max_clients=1) as origin, event_source(origin):
        await opened(origin)
        async with websocket(origin) as ws:
            assert await ws.ended() == (1013, "too many clients")


async def test_two_event_streams_share_no_order_of_their_own() -> None:
    async with serving() as origin, event_source(origin) as one, event_source(origin) as two:
        await opened(origin, 2)
        for _ in range(300):
            origin.emitter.publish("server.error")
        first, second = await asyncio.gather(one.take(300), two.take(300))

        assert first == second


async def test_a_post_is_answered_when_its_body_has_come() -> None:
    async with serving() as origin:
        head = "POST /api/events HTTP/1.1\nHost: 127.0.0.1\nContent-Length: 2"
        async with await raw(origin, head) as client, event_source(origin):
            before = len(origin.streams)
            client.send(b"{}")

            assert (await client.head()).startswith("HTTP/1.1 200 ")
            assert (before, len(origin.streams)) == (1, 2)


async def test_a_post_with_too_much_in_it_is_refused() -> None:
    async with serving(max_body=10) as origin, http(origin) as client:
        answer = await client.post("/api/events", content=b"x" * 11)

        assert answer.status_code == 413
