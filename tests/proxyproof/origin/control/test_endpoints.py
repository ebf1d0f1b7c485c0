import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from proxyproof.origin import Origin
from proxyproof.origin.control.endpoints import TOKEN_FIELD
from tests.proxyproof.origin.drive import http, serving, websocket

TOKEN = "sixteen-or-more-of-them"
NAMED = {TOKEN_FIELD: TOKEN}
CASE = "/api/control/cases/c"


@asynccontextmanager
async def controlled(**settings: object) -> AsyncIterator[tuple[Origin, httpx.AsyncClient]]:
    async with serving(control_token=TOKEN, **settings) as origin, http(origin) as client:
        client.headers.update(NAMED)
        yield origin, client


async def did(client: httpx.AsyncClient, path: str, document: object) -> dict[str, Any]:
    answer = await client.post(f"/api/control/{path}", json=document)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_without_a_token_in_the_settings_there_is_no_control() -> None:
    async with serving() as origin, http(origin) as client:
        answer = await client.get("/api/control", headers=NAMED)

    assert answer.status_code == 404


@pytest.mark.parametrize("named", [{}, {TOKEN_FIELD: "another"}, {TOKEN_FIELD: "\xff"}])
async def test_only_who_names_the_token_is_heard(named: dict[str, str]) -> None:
    async with controlled() as (_, client):
        del client.headers[TOKEN_FIELD]
        fields = [(name, value.encode("latin-1")) for name, value in named.items()]
        answer = await client.get("/api/control", headers=fields)  # type: ignore[arg-type]

    assert answer.status_code == 403
    assert answer.json()["type"].endswith("wrong-token")


async def test_loops_and_events_of_a_case_are_made_from_afar() -> None:
    async with controlled() as (origin, client):
        wanted = {"id": "l", "owner": "alice", "private": True, "token": "c"}
        loop = await did(client, "loops", wanted)
        acts = [["l", "log", {"number": 1}], ["l", "start", None]]
        events = (await did(client, "acts", {"acts": acts}))["events"]
        error = await did(client, "events", {"type": "server.error", "fields": {"a": 1}})
        published = [event.type for event in origin.ledger.of("c").published]

    assert loop == {"id": "l", "status": "created", "owner": "alice", "private": True}
    assert [(one["type"], one.get("number")) for one in events] == [
        ("loop.log", 1),
        ("loop.started", None),
    ]
    assert (error["type"], error["a"]) == ("server.error", 1)
    assert published == ["loop.created", "loop.log", "loop.started"]


async def test_news_of_the_ledger_is_waited_for() -> None:
    async with controlled() as (_, client):
        waiting = asyncio.create_task(client.get(f"{CASE}/ledger?wait=5"))
        await client.get("/api/health?case=c", headers={"X-One": "1"})
        news = (await waiting).json()
        later = (await client.get(f"{CASE}/ledger?known=1,0,0,0,0,0")).json()

    [head] = news["heads"]
    assert (head["target"], ["X-One", "1"] in head["fields"]) == ("/api/health?case=c", True)
    assert later["heads"] == []


async def test_who_waits_for_nothing_is_answered_in_time() -> None:
    async with controlled() as (_, client):
        news = (await client.get(f"{CASE}/ledger?wait=0.01")).json()

    assert set(map(str, news.values())) == {"[]"}


async def test_an_open_stream_is_described_written_to_and_closed() -> None:
    async with controlled() as (origin, client), websocket(origin, "/api/ws?case=c") as ws:
        await ws.next()
        [stream] = (await client.get(f"{CASE}/streams")).json()["streams"]
        path = f"cases/c/streams/{stream['number']}"
        frame = b'\x81\x0d{"type":"hi"}'
        await did(client, path, {"write": b64encode(frame).decode()})
        written = await ws.next()
        await did(client, path, {"leave": True})
        await did(client, path, {"close": [4000, "enough"]})
        await ws.connection.wait_closed()

    assert (stream["name"], stream["ending"], written) == ("websocket", False, {"type": "hi"})
    assert (ws.connection.close_code, ws.connection.close_reason) == (4000, "enough")


async def test_an_open_stream_is_cut_and_one_that_is_gone_is_no_error() -> None:
    async with controlled() as (origin, client), websocket(origin, "/api/ws?case=c") as ws:
        await ws.next()
        [stream] = (await client.get(f"{CASE}/streams")).json()["streams"]
        await did(client, f"cases/c/streams/{stream['number']}", {"abort": True})
        await ws.connection.wait_closed()
        await origin.ledger.of("c").until(lambda case: bool(case.closed), 5)
        again = await did(client, f"cases/c/streams/{stream['number']}", {"abort": True})

    assert ws.connection.close_code == 1006
    assert again == {}


async def test_transports_log_and_pace_are_changed_from_afar() -> None:
    async with controlled() as (origin, client):
        await did(client, "transports", {"withdraw": "sse"})
        withdrawn = not origin.transports.is_open("sse")
        await did(client, "transports", {"restore": "sse"})
        await did(client, "pace", {"heartbeat": 0.5, "retry": 7})
        origin.loops.create("l")
        newest = origin.log.newest
        await did(client, "log", {"expire": 1})
        await did(client, "log", {"forget": True})
        forgotten = origin.log.newest

        assert (withdrawn, origin.transports.is_open("sse")) == (True, True)
        assert (origin.settings.heartbeat, origin.settings.retry) == (0.5, 7)
        assert (newest is None, forgotten) == (False, None)


async def test_a_script_is_written_from_afar() -> None:
    async with controlled() as (origin, client):
        wanted = {"refuse": 503, "fields": [["Set-Cookie", "a=1"]], "greeting": ["hi"]}
        await client.put(f"{CASE}/script", json=wanted)
        script = origin.scripts["c"]

    assert (script.refuse, script.fields, script.greeting) == (503, [("Set-Cookie", "a=1")], ["hi"])


async def test_a_decision_is_withheld_until_it_is_released() -> None:
    async with controlled() as (origin, client):
        await client.put(f"{CASE}/script", json={"hold_upgrade": True})
        held = asyncio.create_task(client.get("/api/events?case=c&loopId="))
        await origin.ledger.of("c").until(lambda case: bool(case.heads), 5)
        early = held.done()
        await client.put(f"{CASE}/script", json={"hold_upgrade": False})
        answer = await held

    assert (early, answer.status_code) == (False, 400)


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        ("POST", "pace", {"port": 1}),
        ("POST", "pace", {"retry": "soon"}),
        ("POST", "acts", {"acts": "all"}),
        ("POST", "acts", {"acts": [["nobody", "log", {}]]}),
        ("POST", "events", {"type": "server.error", "fields": [1]}),
        ("POST", "transports", {"forget": "sse"}),
        ("PUT", "cases/c/script", {"refuses": 1}),
        ("GET", "cases/c/ledger?known=1", None),
        ("POST", "loops", {}),
    ],
)
async def test_what_makes_no_sense_is_refused(method: str, path: str, document: object) -> None:
    async with controlled() as (_, client):
        answer = await client.request(method, f"/api/control/{path}", json=document)

    assert answer.status_code == 400
    assert "malformed-control" in answer.json()["type"]


@pytest.mark.parametrize("document", [{"close": 1}, {"wave": True}])
async def test_nothing_else_is_done_to_a_stream(document: object) -> None:
    async with controlled() as (origin, client), websocket(origin, "/api/ws?case=c") as ws:
        await ws.next()
        [stream] = origin.streams.of("c")
        answer = await client.post(f"{CASE}/streams/{stream.number}", json=document)

    assert answer.status_code == 400
