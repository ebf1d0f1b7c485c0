import base64
import time
from urllib.parse import parse_qs

import jwt
import pytest

from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import Deploy
from tests.proxyproof.outpost.oidc.test_header_auth import speaking
from tests.proxyproof.outpost.scripts import Scripted

SECRET = "secret-secret-secret-secret-secret"


def basic(username: str, password: str) -> dict[str, str]:
    pair = base64.b64encode(f"{username}:{password}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def granted(issuer: str, **changes: object) -> dict[str, str]:
    """Return the answer to a grant, with an id token signed with the client secret."""
    claims = {"iss": issuer, "aud": "client", "sub": "bot", "exp": time.time() + 60, **changes}
    return {"access_token": "a", "id_token": jwt.encode(claims, SECRET, algorithm="HS256")}


async def test_the_password_of_the_token_user_is_a_bearer_token(
    deploy: Deploy, application: Application, issuer: str, bearer: str
) -> None:
    # contract 5.2: user `goauthentik.io/token`
    outpost = await deploy(issuer=issuer)
    token = bearer.removeprefix("Bearer ")
    async with outpost.client() as client:
        answer = await client.get("/", headers=basic("goauthentik.io/token", token))

    assert answer.status_code == 200
    assert answer.headers.get_list("set-cookie")[-1].startswith("authentik_proxy_948fe603=")
    assert application.last.values("x-authentik-username") == ["alice"]
    assert application.last.values("authorization") == []


async def test_user_and_app_password_are_exchanged_for_a_token(
    deploy: Deploy, application: Application, scripted: Scripted
) -> None:
    # contract 5.2: client_credentials grant, result verified as JWT
    asked: list[bytes] = []
    url = await scripted(speaking(asked=asked, answer=granted))
    outpost = await deploy(issuer=url)
    async with outpost.client() as client:
        answer = await client.get("/", headers=basic("bot", "p:w ü"))
    form = parse_qs(asked[-1].partition(b"\r\n\r\n")[2].decode())

    assert answer.status_code == 200
    assert application.last.values("x-authentik-uid") == ["bot"]
    assert form == {
        "grant_type": ["client_credentials"],
        "client_id": ["client"],
        "username": ["bot"],
        "password": ["p:w ü"],
        "scope": ["openid profile email"],
    }
    assert b"Authorization:" not in asked[-1]


@pytest.mark.parametrize(
    "changes", [{"exp": 1}, {"aud": "another"}, {"iss": "http://elsewhere"}], ids=str
)
async def test_a_token_that_does_not_verify_does_not_pass(
    deploy: Deploy, scripted: Scripted, changes: dict[str, object]
) -> None:
    # contract 5.2: result verified as JWT
    url = await scripted(speaking(asked=[], answer=lambda url: granted(url, **changes)))
    outpost = await deploy(issuer=url)
    async with outpost.client() as client:
        assert (await client.get("/", headers=basic("bot", "pw"))).status_code == 401


async def test_a_provider_without_the_grant_lets_nobody_pass(deploy: Deploy, issuer: str) -> None:
    outpost = await deploy(issuer=issuer)
    async with outpost.client() as client:
        assert (await client.get("/", headers=basic("alice", "pw"))).status_code == 401


@pytest.mark.parametrize("value", ["Basic", "Basic ???", "Basic eA==", "Basic gIA6"])
async def test_what_is_no_pair_does_not_pass(deploy: Deploy, issuer: str, value: str) -> None:
    outpost = await deploy(issuer=issuer)
    async with outpost.client() as client:
        assert (await client.get("/", headers={"Authorization": value})).status_code == 401
