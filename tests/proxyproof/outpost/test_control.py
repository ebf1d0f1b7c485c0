import shutil
from pathlib import Path

import pytest

from tests.proxyproof.outpost.deployment import Deploy, plain_client


async def test_it_says_that_it_is_well(deploy: Deploy) -> None:
    outpost = await deploy()
    async with plain_client(outpost.control) as control:
        answer = await control.get("/control/health")

    assert answer.json() == {"status": "ok"}


async def test_it_tells_what_its_process_holds(deploy: Deploy) -> None:
    outpost = await deploy()
    async with plain_client(outpost.control) as control:
        told = (await control.get("/control/holdings")).json()

    assert set(told) == {"tasks", "threads", "files", "objects", "resident"}
    assert all(figure > 0 for figure in told.values())


async def test_it_tells_the_requests_of_a_case_with_their_heads(deploy: Deploy) -> None:
    outpost = await deploy(mode="forward_single")
    url = "http://app.test:9000/page?case=t1"
    async with (
        outpost.client(outpost.user()) as client,
        plain_client(outpost.control) as control,
    ):
        await client.get("/outpost.goauthentik.io/auth/nginx", headers={"X-Original-URL": url})
        await client.get("/other?case=t2")
        (entry,) = (await control.get("/control/requests?case=t1")).json()
        everything = (await control.get("/control/requests")).json()

    assert (entry["method"], entry["status"], entry["body"]) == ("GET", 200, 0)
    assert entry["target"] == "/outpost.goauthentik.io/auth/nginx"
    assert ["X-Original-URL", url] in entry["fields"]
    assert len(everything) == 2


async def test_it_counts_the_sessions(deploy: Deploy, issuer: str) -> None:
    outpost = await deploy(issuer=issuer)
    outpost.user("alice")
    outpost.user("alice")
    async with outpost.client() as client, plain_client(outpost.control) as control:
        await client.get("/outpost.goauthentik.io/start")
        counted = await control.get("/control/sessions")

    assert counted.json() == {"total": 3, "anonymous": 1, "subjects": {"alice": 2}}


@pytest.mark.parametrize("act", ["end", "expire"])
async def test_it_ends_the_sessions_of_one_subject(deploy: Deploy, act: str) -> None:
    # contract 2.1: what the core tells an outpost over its control channel
    outpost = await deploy()
    alice, bob = outpost.user("alice"), outpost.user("bob")
    async with plain_client(outpost.control) as control:
        answer = await control.post(f"/control/sessions/{act}", json={"sub": "alice"})
    statuses = []
    for cookie in (alice, bob):
        async with outpost.client(cookie) as client:
            statuses.append((await client.get("/")).status_code)

    assert answer.json() == {"sessions": 1}
    assert statuses == [302, 200]


@pytest.mark.parametrize("body", ["", "[]", "{}", "1"])
async def test_it_says_what_it_needs(deploy: Deploy, body: str) -> None:
    outpost = await deploy()
    async with plain_client(outpost.control) as control:
        answer = await control.post("/control/sessions/end", content=body)

    assert answer.status_code == 400
    assert "the body must be an object like" in answer.json()["error"]


async def test_it_knows_nothing_else(deploy: Deploy) -> None:
    outpost = await deploy()
    async with plain_client(outpost.control) as control:
        answer = await control.get("/control/sessions/end")

    assert (answer.status_code, answer.json()) == (
        404,
        {"error": "no GET /control/sessions/end here"},
    )


async def test_it_cannot_be_reached_through_the_proxy(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.client(outpost.user()) as client:
        answer = await client.get("/control/health")

    assert answer.text == "hello"  # the application's own path of that name


async def test_it_says_when_a_session_cannot_be_kept(deploy: Deploy, tmp_path: Path) -> None:
    outpost = await deploy(session_store=str(tmp_path / "sessions"))
    outpost.user("alice")
    shutil.rmtree(tmp_path / "sessions")
    async with plain_client(outpost.control) as control:
        answer = await control.post("/control/sessions/expire", json={"sub": "alice"})

    assert answer.status_code == 500
    assert "cannot keep a session in" in answer.json()["error"]
