import asyncio
import json

import httpx
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


@pytest.mark.parametrize("value", ["Bearer wrong", "Bearer", "Basic eDp5", "x", "Bearer é"])
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


def speaking(*answers: object) -> Script:
    """Return a provider that advertises introspection and gives these answers in turn."""
    left = list(answers)

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        origin = (
            f"http://{httpx.URL('http://' + head.split('Host: ')[1].split()[0]).netloc.decode()}"
        )
        found = {"introspection_endpoint": f"{origin}/introspect", "jwks_uri": f"{origin}/jwks"}
        body = json.dumps(found if head.startswith("GET /.well-known") else left.pop(0))
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        await writer.drain()
        await reader.read()

    return script


async def test_introspection_is_used_where_it_is_advertised(
    deploy: Deploy, application: Application, scripted: Scripted
) -> None:
    # contract 5.2: must be active
    known = {"active": True, "sub": "carol", "groups": ["ops"], "exp": 4_000_000_000}
    outpost = await deploy(issuer=await scripted(speaking(known)))
    async with outpost.client() as client:
        answer = await client.get("/", headers={"Authorization": "Bearer x"})

    assert answer.status_code == 200
    assert application.last.values("x-authentik-groups") == ["ops"]
    assert application.last.values("x-authentik-meta-jwks")[0].endswith("/jwks")


@pytest.mark.parametrize("answer", [{"active": False}, {"active": "true", "sub": "x"}, []])
async def test_a_token_that_is_not_active_does_not_pass(
    deploy: Deploy, scripted: Scripted, answer: object
) -> None:
    outpost = await deploy(issuer=await scripted(speaking(answer)))
    async with outpost.client() as client:
        refused = await client.get("/", headers={"Authorization": "Bearer x"})

    assert refused.status_code == 401
