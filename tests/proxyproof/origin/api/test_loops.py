import pytest

from proxyproof.events import LOOP_EVENT_TYPES
from proxyproof.origin.application.loops import ACTS
from tests.proxyproof.origin.drive import (
    ALICE,
    BOB,
    event_source,
    http,
    opened,
    refused,
    serving,
    websocket,
)


async def test_a_loop_is_created_with_the_id_asked_for() -> None:
    async with serving() as origin, http(origin) as client:
        answer = await client.post("/api/loops", json={"id": "a b/ü;+%"}, headers=ALICE)
        shown = await client.get("/api/loops/a%20b%2F%C3%BC%3B%2B%25")

        assert answer.status_code == 201
        expected = {"id": "a b/ü;+%", "status": "created", "owner": "alice", "private": False}
        assert answer.json() == shown.json() == expected


async def test_a_loop_without_an_id_gets_one() -> None:
    async with serving() as origin, http(origin) as client:
        answer = (await client.post("/api/loops")).json()

        assert len(answer["id"]) == 36


async def test_every_act_emits_its_event() -> None:
    async with serving() as origin, http(origin) as client:
        await client.post("/api/loops?case=t", json={"id": "a", "name": "first"})
        for act in ACTS:
            answer = await client.post(f"/api/loops/a/{act}", json={"n": 1})
            assert (answer.json()["loopId"], answer.json()["n"]) == ("a", 1)
        await client.delete("/api/loops/a")
        types = [event.type for event in origin.ledger.of("t").published]

        assert sorted(types) == sorted(LOOP_EVENT_TYPES)
        assert (await client.get("/api/loops/a")).status_code == 404


async def test_an_act_changes_the_status() -> None:
    async with serving() as origin, http(origin) as client:
        origin.loops.create("a")
        await client.post("/api/loops/a/start")
        await client.post("/api/loops/a/log")

        assert (await client.get("/api/loops/a")).json()["status"] == "running"


@pytest.mark.parametrize(
    ("path", "body", "status", "reason"),
    [
        ("/api/loops", "[]", 400, "malformed-body"),
        ("/api/loops", "nonsense", 400, "malformed-body"),
        ("/api/loops", '{"id":7}', 400, "malformed-fields"),
        ("/api/loops", '{"id":""}', 400, "malformed-fields"),
        ("/api/loops", '{"private":true}', 400, "malformed-fields"),
        ("/api/loops", '{"private":1}', 400, "malformed-fields"),
        ("/api/loops", '{"id":"b","audience":"x"}', 400, "malformed-fields"),
        ("/api/loops", '{"id":"a"}', 409, "loop-exists"),
        ("/api/loops/a/log", '{"timestamp":1}', 400, "malformed-fields"),
        ("/api/loops/a/log", '{"n":NaN}', 400, "malformed-fields"),
        ("/api/loops/a/log", '{"n":"\\ud800"}', 400, "malformed-fields"),
        ("/api/loops/a/explode", "", 404, "unknown-act"),
        ("/api/loops/nobody/log", "", 404, "unknown-loop"),
        ("/api/server/explode", "", 404, "unknown-event"),
        ("/api/server/error", '{"id":1}', 400, "malformed-fields"),
    ],
)
async def test_bad_input_is_refused_with_a_reason(
    path: str, body: str, status: int, reason: str
) -> None:
    async with serving() as origin, http(origin) as client:
        origin.loops.create("a")
        answer = await client.post(path, content=body)

        assert answer.status_code == status
        assert answer.json()["type"] == f"urn:proxyproof:problem:{reason}"
        assert [loop.id for loop in origin.loops.visible_to(None)] == ["a"]


async def test_refusals_of_the_router_have_the_same_form() -> None:
    async with serving() as origin, http(origin) as client:
        missing = await client.get("/nothing")
        method = await client.put("/api/loops")

        assert missing.json()["type"] == "urn:proxyproof:problem:not-found"
        assert (method.status_code, method.headers["Allow"]) == (405, "GET,HEAD,POST")


async def test_a_body_beyond_the_bound_is_refused() -> None:
    async with serving(max_body=1000) as origin, http(origin) as client:
        answer = await client.post("/api/loops", content=b"x" * 2000)

        assert answer.status_code == 413


async def test_a_private_loop_is_its_owners_alone() -> None:
    async with serving() as origin, http(origin) as client:
        await client.post("/api/loops", json={"id": "p", "private": True}, headers=ALICE)
        theirs = (await client.get("/api/loops", headers=BOB)).json()
        hers = (await client.get("/api/loops", headers=ALICE)).json()

        assert theirs == {"loops": []}
        assert hers["loops"][0]["id"] == "p"
        assert (await client.get("/api/loops/p", headers=BOB)).status_code == 404
        assert (await client.delete("/api/loops/p", headers=BOB)).status_code == 404
        assert (await client.get("/api/loops/p/events", headers=BOB)).status_code == 404
        assert (await refused(origin, "/api/ws?loopId=p", BOB)).status_code == 404


async def test_private_events_pass_to_their_audience_only() -> None:
    async with serving() as origin:
        known = origin.log.start
        origin.loops.create("p", owner="alice", private=True)
        query = f"?lastEventId={known}"
        async with (
            websocket(origin, f"/api/ws{query}", ALICE) as alice,
            websocket(origin, f"/api/ws{query}", BOB) as bob,
            event_source(origin, f"/api/events{query}", BOB) as old,
        ):
            await opened(origin, 3)
            origin.loops.act("p", "log")
            marker = origin.emitter.publish("server.error")
            await alice.next()
            await bob.next()
            hers = await alice.take(3)

            assert [event.get("audience") for event in hers] == ["alice", "alice", None]
            assert (await bob.next())["id"] == str(marker.id)
            assert ((await old.next()) or {})["id"] == str(marker.id)


@pytest.mark.parametrize("event", ["connected", "disconnected", "error"])
async def test_the_server_of_the_loops_has_events_without_a_loop(event: str) -> None:
    async with serving() as origin, http(origin) as client:
        origin.loops.create("a")
        async with websocket(origin, "/api/ws?loopId=a") as ws:
            await ws.next()
            answer = await client.post(f"/api/server/{event}", json={"detail": "x"})

            assert await ws.next() == answer.json()
            assert answer.json()["type"] == f"server.{event}"
