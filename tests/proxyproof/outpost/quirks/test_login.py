import asyncio
import re
from http.cookies import SimpleCookie

import pytest

from tests.proxyproof.outpost.deployment import Deploy, plain_client

START = "/outpost.goauthentik.io/start"
CALLBACK = "/outpost.goauthentik.io/callback"
NAME = "authentik_proxy_948fe603"
TRAEFIK = "/outpost.goauthentik.io/auth/traefik"
ASKED = {
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": "app.test:9000",
    "X-Forwarded-Uri": "/page",
}
both = pytest.mark.parametrize("value", [False, True])


@both
async def test_malformed_cookie_passes(deploy: Deploy, issuer: str, value: bool) -> None:
    # contract 1.4 and section 7, CVE-2026-25748: the error path that wrote no status, on Traefik
    # and Caddy; nginx is not concerned
    outpost = await deploy(
        mode="forward_single", issuer=issuer, quirks={"malformed_cookie_passes": value}
    )
    nginx = {"X-Original-URL": "http://app.test:9000/page"}
    async with outpost.client(f"{NAME}=malformed") as client, outpost.client() as clean:
        answer = await client.get(TRAEFIK, headers=ASKED)
        without = await clean.get(TRAEFIK, headers=ASKED)
        refused = await client.get(TRAEFIK.replace("traefik", "nginx"), headers=nginx)

    assert answer.status_code == (200 if value else 302)
    assert "x-authentik-username" not in answer.headers
    assert (without.status_code, refused.status_code) == (302, 401)


@pytest.mark.parametrize("value", [302, 400])
async def test_callback_without_session(deploy: Deploy, value: int) -> None:
    # contract 1.4: no valid session cookie
    outpost = await deploy(quirks={"callback_without_session": value})
    async with outpost.client() as client:
        assert (await client.get(f"{CALLBACK}?code=x&state=y")).status_code == value


@pytest.mark.parametrize("value", [400, 302])
async def test_bad_state_status(deploy: Deploy, issuer: str, value: int) -> None:
    # contract 1.4: older Go and Rust 400, newest Go back to the application
    outpost = await deploy(issuer=issuer, quirks={"bad_state_status": value})
    async with outpost.client() as client:
        callback = await outpost.code(client)
        answer = await client.get(re.sub("state=[^&]*", "state=forged", callback))

    assert answer.status_code == value
    assert answer.headers.get("location") == ("http://app.test:9000" if value == 302 else None)


@pytest.mark.usefixtures("expired_tokens")
@both
async def test_expired_token_clears_cookie(deploy: Deploy, issuer: str, value: bool) -> None:
    # contract 1.4: token already expired, Rust removes the cookie
    outpost = await deploy(issuer=issuer, quirks={"expired_token_clears_cookie": value})
    async with outpost.client() as client:
        answer = await outpost.login(client)

    assert ("Max-Age=0" in answer.headers.get("set-cookie", "")) is value


@both
async def test_adopts_unknown_id(deploy: Deploy, issuer: str, value: bool) -> None:
    # contract 2.2: a client-chosen id survives the login
    quirks = {"adopts_unknown_id": value, "signed_cookie": False}
    outpost = await deploy(issuer=issuer, quirks=quirks)
    async with outpost.client(f"{NAME}=chosen-by-attacker") as client:
        await client.get(START)
    (session,) = outpost.outpost.store

    assert (session.id == "chosen-by-attacker") is value


async def test_an_id_that_is_no_file_name_is_not_adopted(deploy: Deploy, issuer: str) -> None:
    # contract 2.2: what a client chooses must not name a file elsewhere
    quirks = {"adopts_unknown_id": True, "signed_cookie": False}
    outpost = await deploy(issuer=issuer, quirks=quirks)
    async with outpost.client(f"{NAME}=../../../etc/passwd") as client:
        await client.get(START)
    (session,) = outpost.outpost.store

    assert "/" not in session.id


@both
async def test_signed_cookie(deploy: Deploy, value: bool) -> None:
    # contract section 2: signed session id, or the bare key
    outpost = await deploy(quirks={"signed_cookie": value})
    outpost.user()
    (session,) = outpost.outpost.store
    async with outpost.client(f"{NAME}={session.id}") as client:
        answer = await client.get("/")

    assert answer.status_code == (302 if value else 200)


@both
async def test_cookie_expires(deploy: Deploy, issuer: str, value: bool) -> None:
    # contract section 2: Go also emits Expires
    outpost = await deploy(issuer=issuer, quirks={"cookie_expires": value})
    async with outpost.client() as client:
        started = await client.get(START)
    (morsel,) = SimpleCookie(started.headers["set-cookie"]).values()

    assert bool(morsel["expires"]) is value


@pytest.mark.parametrize(
    ("value", "expired", "forged"),
    [("unknown", True, False), ("any", True, True), ("never", False, False)],
)
async def test_stale_cookie(deploy: Deploy, value: str, expired: bool, forged: bool) -> None:
    # contract 2.2: newer versions expire the stale cookie, Rust only if the id is unknown
    outpost = await deploy(quirks={"stale_cookie": value})
    cleared = []
    for cookie in (outpost.user(seconds=0), f"{NAME}=forged"):
        async with outpost.client(cookie) as client:
            cleared.append("set-cookie" in (await client.get("/")).headers)

    assert cleared == [expired, forged]


@both
async def test_sign_out_clears_cookie(deploy: Deploy, value: bool) -> None:
    # contract 2.1: Go leaves the cookie in place, Rust removes it
    outpost = await deploy(quirks={"sign_out_clears_cookie": value})
    async with outpost.client(outpost.user()) as client:
        answer = await client.get("/outpost.goauthentik.io/sign_out")

    assert ("set-cookie" in answer.headers) is value


@both
async def test_redirect_keeps_query(deploy: Deploy, value: bool) -> None:
    # contract 1.2: proxy-mode rd
    outpost = await deploy(quirks={"redirect_keeps_query": value})
    async with outpost.client() as client:
        answer = await client.get("/page?x=1")

    assert answer.headers["location"].endswith("%2Fpage%3Fx%3D1" if value else "%2Fpage")


@both
async def test_ignores_session_end(deploy: Deploy, value: bool) -> None:
    # contract 2.1: a Rust version only logs the event of the core
    outpost = await deploy(quirks={"ignores_session_end": value})
    cookie = outpost.user()
    async with plain_client(outpost.control) as control, outpost.client(cookie) as client:
        ended = await control.post("/control/sessions/end", json={"sub": "alice"})
        answer = await client.get("/")

    assert ended.json() == {"sessions": 0 if value else 1}
    assert answer.status_code == (200 if value else 302)
    assert ("only logged" in outpost.log.getvalue()) is value


async def test_sweep_seconds(deploy: Deploy) -> None:
    # contract section 2: cleanup of expired sessions, every 5 min in reality
    outpost = await deploy(quirks={"sweep_seconds": 0.01})
    swept = asyncio.Event()
    outpost.outpost.store.on_end.append(lambda _: swept.set())
    outpost.user(seconds=0)

    await asyncio.wait_for(swept.wait(), 5)


@pytest.mark.parametrize(("value", "sessions"), [(60.0, 1), (0.0, 2)])
async def test_header_auth_cache_seconds(
    deploy: Deploy, bearer: str, value: float, sessions: int, issuer: str
) -> None:
    # contract 5.2: 60 s cache keyed by the full Authorization value
    outpost = await deploy(issuer=issuer, quirks={"header_auth_cache_seconds": value})
    for _ in range(2):
        async with outpost.client() as client:
            await client.get("/", headers={"Authorization": bearer})

    assert len(list(outpost.outpost.store)) == sessions
