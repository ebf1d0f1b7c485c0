import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import Deploy, plain_client, token
from tests.proxyproof.outpost.scripts import Script, Scripted


async def test_a_bearer_token_passes_and_becomes_a_session(
    deploy: Deploy, application: Application, issuer: str
) -> None:
    # contract 5.2: Set-Cookie, Authorization removed upstream
    outpost = await deploy(issuer=issuer)
    bearer = {"Authorization": f"Bearer {await token(issuer)}"}
    async with outpost.client() as client:
        first = await client.get("/", headers=bearer)
        told = application.last
        second = await client.get("/")

    assert (first.status_code, second.status_code) == (200, 200)
    assert told.values("x-authentik-username") == ["alice"]
    assert told.values("authorization") == []
    assert len(client.cookies.jar) == 3  # ours and the two of the application


async def test_a_bearer_token_opens_a_websocket(deploy: Deploy, issuer: str) -> None:
    # contract 5.2: Set-Cookie also on an upgrade
    outpost = await deploy(issuer=issuer)
    bearer = f"Authorization: Bearer {await token(issuer)}"
    async with outpost.raw() as raw:
        await raw.send(outpost.upgrade("/ws", "", bearer))
        head = await raw.head()

    assert head.startswith("HTTP/1.1 101 ")
    assert "Set-Cookie: authentik_proxy_" in head


@pytest.mark.parametrize(("profile", "seen"), [("rust-2026.8", False), ("go-2025.12", True)])
async def test_a_remembered_token_asks_nobody(
    deploy: Deploy, application: Application, issuer: str, profile: str, seen: bool
) -> None:
    # contract 5.2: 60 s cache; 3.3: under Go a hit leaves Authorization in the request
    outpost = await deploy(issuer=issuer, profile=profile)
    bearer = {"Authorization": f"Bearer {await token(issuer)}"}
    for _ in range(2):
        async with outpost.client() as client:
            answer = await client.get("/", headers=bearer)

    assert answer.status_code == 200
    assert len(list(outpost.outpost.store)) == 1
    assert bool(application.last.values("authorization")) is seen


async def test_a_remembered_token_is_forgotten_in_time(deploy: Deploy, issuer: str) -> None:
    outpost = await deploy(issuer=issuer, quirks={"header_auth_cache_seconds": 0})
    bearer = {"Authorization": f"Bearer {await token(issuer)}"}
    for _ in range(2):
        async with outpost.client() as client:
            await client.get("/", headers=bearer)

    assert len(list(outpost.outpost.store)) == 2


async def test_a_session_that_was_ended_is_not_remembered(deploy: Deploy, issuer: str) -> None:
    outpost = await deploy(issuer=issuer)
    bearer = {"Authorization": f"Bearer {await token(issuer)}"}
    async with outpost.client() as client, plain_client() as provider:
        await client.get("/", headers=bearer)
        outpost.outpost.store.end("alice")
        await provider.post(f"{issuer}/users/alice/revoke-tokens")
        client.cookies.clear()
        answer = await client.get("/", headers=bearer)

    assert answer.status_code == 401


@pytest.mark.parametrize("value", ["Bearer wrong", "Bearer", "x", "Bearer é"])
async def test_what_is_no_good_token_does_not_pass(deploy: Deploy, issuer: str, value: str) -> None:
    outpost = await deploy(issuer=issuer)
    async with outpost.client() as client:
        answer = await client.get("/", headers={b"Authorization": value.encode()})

    assert answer.status_code == 401


async def test_a_provider_that_is_down_lets_nobody_pass(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.client() as client:
        answer = await client.get("/", headers={"Authorization": "Bearer x"})

    assert answer.status_code == 401


def speaking(answer: Callable[[str], object], asked: list[bytes]) -> Script:
    """Return a provider that gives this answer to a token; requests are noted in `asked`."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        head = asked[-1].decode()
        if length := re.search("Content-Length: ([0-9]+)", head):
            asked[-1] += await reader.readexactly(int(length[1]))
        origin = f"http://{head.split('Host: ')[1].split()[0]}"
        names = ("introspection_endpoint", "token_endpoint", "jwks_uri")
        found = {name: f"{origin}/{name}" for name in names}
        body = json.dumps(found if head.startswith("GET /.well-known") else answer(origin))
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        await writer.drain()
        await reader.read()

    return script


async def test_introspection_is_used_where_it_is_advertised(
    deploy: Deploy, application: Application, scripted: Scripted
) -> None:
    # contract 5.2: must be active
    known = {"active": True, "sub": "carol", "groups": ["ops"], "exp": 4_000_000_000}
    asked: list[bytes] = []
    outpost = await deploy(issuer=await scripted(speaking(lambda _: known, asked)))
    async with outpost.client() as client:
        answer = await client.get("/", headers={"Authorization": "Bearer x"})

    assert answer.status_code == 200
    assert application.last.values("x-authentik-groups") == ["ops"]
    assert application.last.values("x-authentik-meta-jwks")[0].endswith("/jwks_uri")
    # contract 5.2: with the provider's client id and secret
    assert b"\r\nAuthorization: Basic " in asked[-2] + asked[-1]


async def test_a_yes_from_before_sessions_were_ended_is_asked_for_again(
    deploy: Deploy, scripted: Scripted
) -> None:
    ended: list[int] = []

    def answer(_: str) -> object:
        before = not ended
        ended.append(outpost.outpost.store.end("carol") if before else 0)
        return {"active": before, "sub": "carol", "exp": 4_000_000_000}

    outpost = await deploy(issuer=await scripted(speaking(answer, [])))
    async with outpost.client() as client:
        refused = await client.get("/", headers={"Authorization": "Bearer x"})

    assert refused.status_code == 401


@pytest.mark.parametrize("answer", [{"active": False}, {"active": "true", "sub": "x"}, []])
async def test_a_token_that_is_not_active_does_not_pass(
    deploy: Deploy, scripted: Scripted, answer: object
) -> None:
    outpost = await deploy(issuer=await scripted(speaking(lambda _: answer, [])))
    async with outpost.client() as client:
        refused = await client.get("/", headers={"Authorization": "Bearer x"})

    assert refused.status_code == 401


@pytest.mark.parametrize("mode", ["proxy", "forward_single", "forward_domain"])
@pytest.mark.parametrize("intercept", [True, False])
async def test_a_token_passes_in_every_mode_with_interception_or_without(
    deploy: Deploy, bearer: str, issuer: str, mode: str, intercept: bool
) -> None:
    # contract 5.2: tried even with interception off
    outpost = await deploy(
        issuer=issuer, mode=mode, cookie_domain="app.test", intercept_header_auth=intercept
    )
    fields = {"Authorization": bearer, "X-Original-URL": "http://app.test:9000/page"}
    async with outpost.client() as client:
        answer = await client.get("/outpost.goauthentik.io/auth/nginx", headers=fields)

    assert answer.status_code == 200
    assert "authentik_proxy_948fe603" in " ".join(answer.headers.get_list("set-cookie"))


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize(
    ("dialect", "status"), [("nginx", 401), ("traefik", 302), ("caddy", 302), ("envoy", 302)]
)
async def test_forward_endpoints_ignore_the_interception(
    deploy: Deploy, issuer: str, dialect: str, status: int, intercept: bool
) -> None:
    # contract 5.3, 2.2
    outpost = await deploy(issuer=issuer, mode="forward_single", intercept_header_auth=intercept)
    url = urlsplit("http://app.test:9000/page")
    fields = {
        "Authorization": "Bearer wrong",
        "X-Original-URL": url.geturl(),
        "X-Forwarded-Proto": url.scheme,
        "X-Forwarded-Host": url.netloc,
        "X-Forwarded-Uri": url.path,
    }
    async with outpost.client() as client:
        answer = await client.get(f"/outpost.goauthentik.io/auth/{dialect}", headers=fields)

    assert answer.status_code == status
    assert "unauthenticated" not in answer.text.lower()


async def test_a_token_whose_session_cannot_be_kept_does_not_pass(
    deploy: Deploy, bearer: str, issuer: str, tmp_path: Path
) -> None:
    # contract 5.2: success creates a session
    outpost = await deploy(issuer=issuer, session_store=str(tmp_path / "sessions"))
    (tmp_path / "sessions").rmdir()
    async with outpost.client() as client:
        answer = await client.get("/", headers={"Authorization": bearer})

    assert answer.status_code == 401
