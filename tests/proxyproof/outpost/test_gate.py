import pytest

from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import Deploy


async def test_a_session_opens_the_gate(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.client(outpost.user()) as client:
        assert (await client.get("/")).status_code == 200


@pytest.mark.parametrize("profile", ["rust-2026.8", "go-2025.12"])
async def test_a_session_that_has_run_out_does_not(deploy: Deploy, profile: str) -> None:
    # contract 2.2: Rust and newer Go expire the stale cookie in the answer
    outpost = await deploy(profile=profile)
    async with outpost.client(outpost.user(seconds=0)) as client:
        answer = await client.get("/")

    assert answer.status_code == 302
    assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_a_tampered_cookie_does_not(deploy: Deploy) -> None:
    # contract 2.2: treated as unauthenticated; Rust clears only ids that are unknown
    outpost = await deploy()
    cookie = outpost.user()
    tampered = cookie[:-1] + ("A" if cookie[-1] != "A" else "B")
    async with outpost.client(tampered) as client:
        answer = await client.get("/")

    assert answer.status_code == 302
    assert "set-cookie" not in answer.headers


async def test_under_go_a_tampered_cookie_is_cleared(deploy: Deploy) -> None:
    # contract 2.2
    outpost = await deploy(profile="go-2025.12")
    async with outpost.client(outpost.user() + "x") as client:
        answer = await client.get("/")

    assert "Expires=Thu, 01 Jan 1970" in answer.headers["set-cookie"]


async def test_the_cookie_of_a_login_in_flight_is_left_alone(deploy: Deploy, issuer: str) -> None:
    # contract 2.2: #26447
    outpost = await deploy(issuer=issuer)
    async with outpost.client() as client:
        await client.get("/outpost.goauthentik.io/start")
        answer = await client.get("/asset.css")

    assert answer.status_code == 302
    assert "set-cookie" not in answer.headers


async def test_stale_cookies_may_be_left_alone_altogether(deploy: Deploy) -> None:
    outpost = await deploy(quirks={"stale_cookie": "never"})
    async with outpost.client(outpost.user(seconds=0)) as client:
        assert "set-cookie" not in (await client.get("/")).headers


async def test_an_allowlisted_path_is_searched_for_without_its_query(
    deploy: Deploy, application: Application
) -> None:
    # contract 5.1: path only, unanchored
    outpost = await deploy(skip_path_regex="open\n\n(broken")
    async with outpost.client() as client:
        opened = await client.get("/an/open/path")
        closed = await client.get("/closed?open")

    assert (opened.status_code, closed.status_code) == (200, 302)
    assert application.last.values("x-authentik-username") == []


async def test_a_pattern_that_does_not_compile_is_reported(
    deploy: Deploy, capsys: pytest.CaptureFixture[str]
) -> None:
    # contract 5.1: skipped with a warning, the path stays protected
    await deploy(skip_path_regex="(broken")

    assert "skip_path_regex: '(broken' does not compile" in capsys.readouterr().err


async def test_a_session_comes_before_the_allowlist(
    deploy: Deploy, application: Application
) -> None:
    # contract 5.1: a logged-in user on an allowlisted path still gets identity
    outpost = await deploy(skip_path_regex="open")
    async with outpost.client(outpost.user()) as client:
        await client.get("/open")

    assert application.last.values("x-authentik-username") == ["alice"]


@pytest.mark.parametrize("pattern", ["^/(?!closed)", "(?<=/)open", r"(o)\1", "(?P<x>o)(?P=x)"])
async def test_what_neither_go_nor_rust_knows_leaves_its_paths_protected(
    deploy: Deploy, pattern: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # contract 5.1: no look-around; a line that does not compile is skipped with a warning
    outpost = await deploy(skip_path_regex=f"{pattern}\n^/foo$")
    async with outpost.client() as client:
        statuses = [(await client.get(path)).status_code for path in ("/open", "/foo")]

    assert statuses == [302, 200]
    assert "neither Go nor Rust knows look-around" in capsys.readouterr().err
