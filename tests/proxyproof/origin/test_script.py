import asyncio
import json
from typing import Literal

import httpx
import pytest

from tests.proxyproof.origin.drive import event_source, http, opened, refused, serving, websocket


@pytest.mark.parametrize("status", [401, 403, 404, 426, 503, 599])
async def test_a_refusal_has_the_status_and_fields_of_the_script(status: int) -> None:
    async with serving() as origin, http(origin) as client:
        script = origin.scripts["t"]
        script.refuse, script.detail = status, "not now"
        script.fields.append(("Retry-After", "7"))
        over_sse = await client.get("/api/events?case=t")
        over_ws = await refused(origin, "/api/ws?case=t")

        assert (over_sse.status_code, over_ws.status_code) == (status, status)
        assert over_sse.headers["Retry-After"] == "7"
        assert over_sse.json() == json.loads(over_ws.body)
        assert over_sse.json()["detail"] == "not now"


async def test_a_script_concerns_one_token_and_may_concern_one_transport() -> None:
    async with serving() as origin, http(origin) as client:
        origin.scripts["t"].refuse = 403
        origin.scripts["t"].transport = "sse"
        async with websocket(origin, "/api/ws?case=t") as ws, event_source(origin):
            assert (await ws.next())["type"] == "connected"
        assert (await client.get("/api/events?case=t")).status_code == 403


async def test_a_decision_that_is_held_comes_when_it_is_released() -> None:
    async with serving() as origin:
        hold = origin.scripts["t"].hold_upgrade = asyncio.Event()
        attempt = asyncio.create_task(refused(origin, "/api/ws?case=t"))
        case = origin.ledger.of("t")
        await case.until(lambda ledger: len(ledger.heads) == 1, 5)
        origin.scripts["t"].refuse = 403
        held = attempt.done()
        hold.set()

        assert (held, (await attempt).status_code) == (False, 403)


class Departure(asyncio.Event):
    async def wait(self) -> Literal[True]:
        raise ConnectionResetError("the client is gone")


async def test_a_client_that_has_gone_is_no_failure_of_the_origin(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serving() as origin, http(origin) as client:
        origin.scripts["t"].hold_upgrade = Departure()
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/api/events?case=t")
        after = await client.get("/api/health")

    assert (after.status_code, caplog.records) == (200, [])


async def test_response_fields_are_added_with_duplicates() -> None:
    async with serving() as origin:
        origin.scripts["t"].fields += [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
        async with event_source(origin, "/api/events?case=t") as stream:
            over_sse = stream.response.headers.get_list("Set-Cookie")
        async with websocket(origin, "/api/ws?case=t") as ws:
            assert ws.connection.response is not None
            over_ws = ws.connection.response.headers.get_all("Set-Cookie")

        assert over_sse == over_ws == ["a=1", "b=2"]


async def test_the_subprotocol_of_the_script_is_chosen() -> None:
    async with serving() as origin:
        origin.scripts["t"].subprotocols = ("v2", "v1")
        async with websocket(origin, "/api/ws?case=t", subprotocols=["v1", "v2"]) as ws:
            assert ws.connection.subprotocol == "v1"
        async with websocket(origin, "/api/ws?case=u", subprotocols=["v1", "v2"]) as ws:
            assert ws.connection.subprotocol is None


async def test_the_hint_the_type_and_the_times_are_the_scripts() -> None:
    async with serving() as origin:
        script = origin.scripts["t"]
        script.hint, script.retry, script.heartbeat = False, 5, 0.02
        script.content_type = "text/event-stream; charset=utf-8"
        async with event_source(origin, "/api/events?case=t") as stream:
            blocks = [await stream.block() for _ in range(3)]

            assert "X-Accel-Buffering" not in stream.response.headers
            assert stream.response.headers["Content-Type"].endswith("; charset=utf-8")
            assert blocks == [": connected", f"retry: 5\nid: {origin.log.position}", ": heartbeat"]


@pytest.mark.parametrize(
    ("no_transform", "caching"), [(True, "no-cache, no-transform"), (False, "no-cache")]
)
async def test_a_script_may_let_others_compress_the_stream(
    no_transform: bool, caching: str
) -> None:
    async with serving() as origin:
        origin.scripts["t"].no_transform = no_transform
        async with event_source(origin, "/api/events?case=t") as stream:
            assert stream.response.headers["Cache-Control"] == caching


async def test_a_stream_can_be_closed_at_once() -> None:
    async with serving() as origin:
        origin.scripts["t"].close_at_once = 1011
        async with websocket(origin, "/api/ws?case=t") as ws:
            assert (await ws.ended())[0] == 1011
        async with event_source(origin, "/api/events?case=t") as stream:
            assert ((await stream.next()) or {})["code"] == 1011


async def test_a_silent_stream_sends_nothing() -> None:
    async with serving(heartbeat=0.01) as origin:
        origin.scripts["t"].silent = True
        async with websocket(origin, "/api/ws?case=t") as ws:
            await opened(origin, token="t")
            origin.emitter.publish("server.error")
            origin.streams.of("t")[0].write_raw(b"\x81\x04last")

            assert await ws.raw() == "last"
        async with event_source(origin, "/api/events?case=t") as stream:
            await opened(origin, 2, token="t")
            origin.emitter.publish("server.error")
            origin.streams.of("t")[0].close(1001)

            assert ((await stream.next()) or {})["type"] == "closed"


async def test_a_deaf_stream_answers_nothing() -> None:
    async with serving() as origin:
        origin.scripts["t"].deaf = True
        async with websocket(origin, "/api/ws?case=t") as ws:
            await ws.next()
            await ws.say(type="ping")
            waiter = asyncio.ensure_future(await ws.connection.ping())
            event = origin.emitter.publish("server.error")

            assert (await ws.next())["id"] == str(event.id)
            assert not waiter.done()
