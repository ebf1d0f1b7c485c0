from urllib.parse import parse_qs, urlsplit

import pytest

from tests.proxyproof.outpost.deployment import Deploy

FIXATED = "/outpost.goauthentik.io/callback?state=strange&code=stolen"


@pytest.mark.parametrize(("faults", "status"), [([], 400), (["state-not-checked"], 302)])
async def test_a_login_that_another_browser_began_is_finished(
    deploy: Deploy, issuer: str, faults: list[str], status: int
) -> None:
    outpost = await deploy(issuer=issuer, faults=faults)
    async with outpost.client() as client:
        code = parse_qs(urlsplit(await outpost.code(client)).query)["code"][0]
        answer = await client.get(FIXATED.replace("stolen", code))

    assert answer.status_code == status
    assert [one.sub for one in outpost.outpost.store if one.authenticated] == ["alice"] * bool(
        faults
    )


async def test_a_state_of_ones_own_still_leads_to_the_page(deploy: Deploy, issuer: str) -> None:
    outpost = await deploy(issuer=issuer, faults=["state-not-checked"])
    async with outpost.client() as client:
        answer = await outpost.login(client)

    assert answer.headers["location"] == "http://app.test:9000/page?x=1"


@pytest.mark.parametrize(("faults", "told"), [([], False), (["token-in-url"], True)])
async def test_the_address_of_the_page_tells_the_token(
    deploy: Deploy, issuer: str, faults: list[str], told: bool
) -> None:
    outpost = await deploy(issuer=issuer, faults=faults)
    async with outpost.client() as client:
        answer = await outpost.login(client)
    [session] = outpost.outpost.store
    query = parse_qs(urlsplit(answer.headers["location"]).query)

    assert query == {"x": ["1"]} | ({"access_token": [session.token]} if told else {})


async def test_a_login_that_fails_has_no_token_to_tell(deploy: Deploy, issuer: str) -> None:
    outpost = await deploy(issuer=issuer, faults=["token-in-url"])
    async with outpost.client() as client:
        answer = await client.get(FIXATED)

    assert "access_token" not in answer.headers.get("location", "")


@pytest.mark.parametrize(("faults", "logged"), [([], False), (["logs-cookie"], True)])
async def test_cookies_are_logged(
    deploy: Deploy, capsys: pytest.CaptureFixture[str], faults: list[str], logged: bool
) -> None:
    outpost = await deploy(faults=faults)
    cookie = outpost.user()
    async with outpost.client(cookie) as client:
        assert (await client.get("/")).status_code == 200

    assert (cookie in capsys.readouterr().err) is logged


@pytest.mark.parametrize(
    ("faults", "flags"),
    [
        ([], {"HttpOnly", "SameSite=Lax"}),
        (["cookie-samesite-none"], {"HttpOnly", "SameSite=None"}),
        (["cookie-readable"], {"SameSite=Lax"}),
    ],
)
async def test_the_flags_of_the_session_cookie(
    deploy: Deploy, issuer: str, faults: list[str], flags: set[str]
) -> None:
    outpost = await deploy(issuer=issuer, faults=faults)
    async with outpost.client() as client:
        started = await client.get("/outpost.goauthentik.io/start")
    _, *attributes = started.headers["set-cookie"].split("; ")

    assert {one for one in attributes if one.startswith(("HttpOnly", "SameSite"))} == flags


@pytest.mark.parametrize(("faults", "status"), [([], 302), (["malformed-cookie-passes"], 200)])
async def test_a_login_that_cannot_begin_is_answered(
    deploy: Deploy, issuer: str, faults: list[str], status: int
) -> None:
    outpost = await deploy(issuer=issuer, faults=faults)
    name = outpost.user().partition("=")[0]
    async with outpost.client(f"{name}=malformed") as client:
        answer = await client.get("/outpost.goauthentik.io/start")

    assert answer.status_code == status
