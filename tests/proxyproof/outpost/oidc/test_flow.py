import re
import shutil
import time
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest

from tests.proxyproof.outpost.deployment import Deploy

START = "/outpost.goauthentik.io/start"
CALLBACK = "/outpost.goauthentik.io/callback"
SECRET = "0123456789abcdef0123456789abcdef"


def state_of(response: httpx.Response) -> dict[str, str]:
    """Return the claims of the state in a redirect to the provider."""
    query = parse_qs(urlsplit(response.headers["location"]).query)
    claims: dict[str, str] = jwt.decode(query["state"][0], SECRET, algorithms=["HS256"])
    return claims


async def test_a_login_leads_back_to_the_page_it_began_at(deploy: Deploy, issuer: str) -> None:
    outpost = await deploy(issuer=issuer)
    async with outpost.client() as client:
        end = await outpost.login(client)
        page = await client.get("/page")

    assert end.headers["location"] == "http://app.test:9000/page?x=1"
    assert page.text == "hello"


async def test_start_asks_the_provider_for_a_code(deploy: Deploy, issuer: str) -> None:
    # contract 1.2: parameters of the authorize URL; the callback is always on external_host
    outpost = await deploy(issuer=issuer, browser_issuer="http://login.test")
    async with outpost.client() as client:
        started = await client.get(START)
    url = urlsplit(started.headers["location"])
    query = parse_qs(url.query)

    assert started.status_code == 302
    assert (url.netloc, url.path) == ("login.test", "/oauth2/authorize")
    assert set(query) == {"client_id", "redirect_uri", "response_type", "scope", "state"}
    assert query["redirect_uri"] == [
        "http://app.test:9000/outpost.goauthentik.io/callback?X-authentik-auth-callback=true"
    ]


async def test_the_state_ties_the_login_to_the_session(deploy: Deploy, issuer: str) -> None:
    # contract 5.4: the four claims
    outpost = await deploy(issuer=issuer)
    async with outpost.client() as client:
        started = await client.get(START, params={"rd": "/deep?x=1"})
    claims = state_of(started)
    (session,) = outpost.outpost.store

    assert set(claims) == {"iss", "sid", "state", "redirect"}
    assert claims["iss"] == "goauthentik.io/outpost/client"
    assert claims["sid"] == session.id
    assert claims["redirect"] == "http://app.test:9000/deep?x=1"


async def test_a_foreign_return_url_is_ignored(deploy: Deploy, issuer: str) -> None:
    # contract 1.2: not an error, the redirect in the state stays empty
    outpost = await deploy(issuer=issuer)
    async with outpost.client() as client:
        started = await client.get(START, params={"rd": "https://evil.test/"})

    assert started.status_code == 302
    assert state_of(started)["redirect"] == ""


async def test_a_login_without_return_url_ends_at_the_application(
    deploy: Deploy, issuer: str
) -> None:
    outpost = await deploy(issuer=issuer)
    async with outpost.client() as client:
        callback = (await outpost.code(client)).replace("state=", "old=")
        state = state_of(await client.get(START))
        signed = jwt.encode({**state, "redirect": ""}, SECRET, algorithm="HS256")
        end = await client.get(f"{callback}&state={signed}")

    assert end.headers["location"] == "http://app.test:9000"


async def test_the_cookie_of_a_login_has_the_attributes_of_the_contract(
    deploy: Deploy, issuer: str
) -> None:
    # contract section 2
    outpost = await deploy(
        issuer=issuer, external_host="https://app.test:9000", cookie_domain="app.test"
    )
    async with outpost.client() as client:
        started = await client.get(START)
    (morsel,) = SimpleCookie(started.headers["set-cookie"]).values()

    assert morsel.key == "authentik_proxy_948fe603"
    assert (morsel["path"], morsel["samesite"], morsel["domain"]) == ("/", "Lax", "app.test")
    assert morsel["httponly"]
    assert morsel["secure"]
    assert 86390 < int(morsel["max-age"]) <= 86401


async def test_the_session_ends_with_the_providers_token(deploy: Deploy, issuer: str) -> None:
    # contract section 2: after the callback, seconds until the token's exp (an hour here)
    outpost = await deploy(issuer=issuer)
    async with outpost.client() as client:
        end = await outpost.login(client)
    seconds = re.search(r"Max-Age=(\d+)", end.headers["set-cookie"])
    (session,) = outpost.outpost.store

    assert seconds is not None
    assert 3500 < int(seconds[1]) <= 3600
    assert 3500 < session.expires_at - time.time() <= 3600


async def test_session_seconds_shorten_the_session(deploy: Deploy, issuer: str) -> None:
    outpost = await deploy(issuer=issuer, session_seconds=5)
    async with outpost.client() as client:
        await outpost.login(client)
    (session,) = outpost.outpost.store

    assert session.expires_at - time.time() <= 5


async def test_a_second_start_reuses_the_session_of_the_browser(
    deploy: Deploy, issuer: str
) -> None:
    outpost = await deploy(issuer=issuer)
    async with outpost.client() as client:
        await client.get(START)
        await client.get(START)

        assert len(client.cookies.jar) == 1
    assert len(list(outpost.outpost.store)) == 1


async def test_a_callback_without_a_session_goes_home(deploy: Deploy) -> None:
    # contract 1.4, Rust
    outpost = await deploy()
    async with outpost.client() as client:
        answer = await client.get(CALLBACK, params={"code": "x", "state": "y"})

    assert (answer.status_code, answer.headers["location"]) == (302, "http://app.test:9000")


async def test_a_callback_without_a_session_is_bad_under_go(deploy: Deploy) -> None:
    # contract 1.4, Go: the state belongs to another session
    outpost = await deploy(profile="go-2025.12")
    async with outpost.client() as client:
        answer = await client.get(CALLBACK, params={"code": "x", "state": "y"})

    assert (answer.status_code, answer.content) == (400, b"")


@pytest.mark.parametrize("drop", ["state", "code"])
async def test_a_callback_that_lacks_something_is_bad(
    deploy: Deploy, issuer: str, drop: str
) -> None:
    # contract 1.4: 400 with an empty body
    outpost = await deploy(issuer=issuer)
    async with outpost.client() as client:
        callback = await outpost.code(client)
        answer = await client.get(callback.replace(f"{drop}=", "x="))

    assert (answer.status_code, answer.content) == (400, b"")


async def test_a_state_of_another_session_is_bad(deploy: Deploy, issuer: str) -> None:
    # contract 5.4: sid must be the cookie's session
    outpost = await deploy(issuer=issuer)
    async with outpost.client() as mine, outpost.client() as foreign:
        callback = await outpost.code(foreign)
        await mine.get(START)
        answer = await mine.get(callback)

    assert (answer.status_code, answer.content) == (400, b"")


async def test_a_code_that_is_not_redeemed_starts_the_flow_again(
    deploy: Deploy, issuer: str
) -> None:
    # contract 1.4: 302 back
    outpost = await deploy(issuer=issuer)
    async with outpost.client() as client:
        callback = await outpost.code(client)
        answer = await client.get(re.sub("code=[^&]*", "code=wrong", callback))

    assert answer.headers["location"] == "http://app.test:9000/page?x=1"
    assert "set-cookie" not in answer.headers
    assert "login failed: POST" in outpost.log.getvalue()


async def test_a_signed_query_on_any_path_is_a_callback(deploy: Deploy, issuer: str) -> None:
    # contract 1.2: X-authentik-auth-callback=true, case-insensitive
    outpost = await deploy(issuer=issuer)
    async with outpost.client() as client:
        query = urlsplit(await outpost.code(client)).query.replace("=true", "=TRUE")
        answer = await client.get(f"/anywhere?{query}")

    assert answer.headers["location"] == "http://app.test:9000/page?x=1"


async def test_a_login_while_the_provider_is_down_is_no_success(deploy: Deploy) -> None:
    # section 7, CVE-2026-25748: an error path is never 2xx
    outpost = await deploy()
    async with outpost.client() as client:
        answer = await client.get(START)

    assert answer.status_code == 502
    assert list(outpost.outpost.store) == []


async def test_a_login_whose_session_cannot_be_kept_is_bad(
    deploy: Deploy, issuer: str, tmp_path: Path
) -> None:
    # contract section 2: the store is full, every login fails with 400 (#12230)
    outpost = await deploy(issuer=issuer, session_store=str(tmp_path / "sessions"))
    (tmp_path / "sessions").rmdir()
    async with outpost.client() as client:
        answer = await client.get(START)

    assert (answer.status_code, answer.content) == (400, b"")
    assert "login failed: cannot keep a session in" in outpost.log.getvalue()


async def test_a_callback_whose_session_cannot_be_kept_is_bad(
    deploy: Deploy, issuer: str, tmp_path: Path
) -> None:
    # contract 1.4: session save failure is a 400
    outpost = await deploy(issuer=issuer, session_store=str(tmp_path / "sessions"))
    async with outpost.client() as client:
        callback = await outpost.code(client)
        shutil.rmtree(tmp_path / "sessions")
        answer = await client.get(callback)
        page = await client.get("/page")

    assert (answer.status_code, answer.content) == (400, b"")
    assert page.status_code == 302


@pytest.mark.usefixtures("expired_tokens")
async def test_a_token_that_has_run_out_removes_the_cookie(deploy: Deploy, issuer: str) -> None:
    # contract 1.4
    outpost = await deploy(issuer=issuer)
    async with outpost.client() as client:
        end = await outpost.login(client)

    assert end.headers["location"] == "http://app.test:9000/page?x=1"
    assert "Max-Age=0" in end.headers["set-cookie"]
