from pathlib import Path

import pytest

from proxyproof.outpost.sessions.store import MemoryStore
from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import Deploy
from tests.proxyproof.outpost.oidc.test_flow import START, state_of

UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket"}
EVENTS = {"Accept": "text/event-stream"}


@pytest.mark.parametrize(
    ("fault", "fields", "status"),
    [
        ("fails-open", {}, 200),
        ("auth-not-applied", {}, 200),
        ("fallback-ungated", EVENTS, 200),
        ("fallback-ungated", {}, 302),
        ("upgrade-bypasses-auth", UPGRADE, 200),
        ("upgrade-bypasses-auth", {}, 302),
        ("auth-skips-upgrade", UPGRADE, 200),
        ("auth-skips-upgrade", UPGRADE | {"Upgrade": "h2c"}, 302),
        ("auth-skips-upgrade", {}, 302),
        ("accepts-tampered-cookie", {}, 302),
        ("accepts-expired", {}, 302),
    ],
)
async def test_who_passes_without_a_session(
    deploy: Deploy, application: Application, fault: str, fields: dict[str, str], status: int
) -> None:
    outpost = await deploy(faults=[fault])
    async with outpost.client() as client:
        answer = await client.get("/", headers=fields)

    assert answer.status_code == status


async def test_a_gate_that_fails_open_still_tells_identity(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy(faults=["fails-open"])
    async with outpost.client(outpost.user()) as client:
        await client.get("/")

    assert application.last.values("x-authentik-username") == ["alice"]


async def test_a_gate_that_is_not_there_tells_no_identity(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy(faults=["auth-not-applied"])
    async with outpost.client(outpost.user()) as client:
        await client.get("/")

    assert application.last.values("x-authentik-username") == []


@pytest.mark.parametrize("profile", ["rust-2026.8", "go-2025.12"])
async def test_a_tampered_cookie_passes(deploy: Deploy, profile: str) -> None:
    outpost = await deploy(faults=["accepts-tampered-cookie"], profile=profile)
    cookie = outpost.user()
    middle = len(cookie) // 2
    tampered = cookie[:middle] + ("A" if cookie[middle] != "A" else "B") + cookie[middle + 1 :]
    async with outpost.client(tampered) as client, outpost.client(cookie) as genuine:
        assert (await client.get("/")).status_code == 200
        assert (await genuine.get("/")).status_code == 200


async def test_a_tampered_cookie_needs_somebody_to_be_taken_for(deploy: Deploy) -> None:
    outpost = await deploy(faults=["accepts-tampered-cookie"])
    async with outpost.client("authentik_proxy_948fe603=x") as client:
        assert (await client.get("/")).status_code == 302


async def test_an_expired_session_passes(deploy: Deploy) -> None:
    outpost = await deploy(faults=["accepts-expired"])
    async with outpost.client(outpost.user(seconds=0)) as client:
        assert (await client.get("/")).status_code == 200


async def test_a_bearer_token_is_not_looked_at(deploy: Deploy) -> None:
    outpost = await deploy(faults=["ignores-bearer"])
    async with outpost.client() as client:
        answer = await client.get("/", headers={"Authorization": "Bearer x"})

    assert answer.status_code == 401


async def test_each_refusal_leaves_a_session(deploy: Deploy) -> None:
    outpost = await deploy(faults=["session-per-request"])
    async with outpost.client() as client, outpost.client(outpost.user()) as known:
        await client.get("/")
        await client.get("/")
        await known.get("/")

    assert len(list(outpost.outpost.store)) == 3


async def test_a_restart_forgets(deploy: Deploy, tmp_path: Path) -> None:
    outpost = await deploy(faults=["sessions-in-memory"], session_store=str(tmp_path))

    assert type(outpost.outpost.store) is MemoryStore


@pytest.mark.parametrize(("rd", "kept"), [("https://evil.test/", "https://evil.test/"), ("", "")])
async def test_the_return_url_is_believed(deploy: Deploy, issuer: str, rd: str, kept: str) -> None:
    outpost = await deploy(faults=["open-redirect"], issuer=issuer)
    async with outpost.client() as client:
        started = await client.get(START, params={"rd": rd})

    assert state_of(started)["redirect"] == kept


async def test_identity_is_missing_on_an_upgrade(deploy: Deploy, application: Application) -> None:
    outpost = await deploy(faults=["identity-missing-on-ws"])
    cookie = outpost.user()
    async with outpost.client(cookie) as client:
        await client.get("/")
        page = application.last
    async with outpost.websocket(cookie=cookie):
        upgrade = application.last

    assert page.values("x-authentik-username") == ["alice"]
    assert upgrade.values("x-authentik-username") == []


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        ("keeps-client-identity", "X-authentik-username"),
        ("keeps-client-identity", "X_authentik_username"),
        ("underscore-alias", "X_authentik_username"),
    ],
)
async def test_a_forged_field_reaches_the_application(
    deploy: Deploy, application: Application, fault: str, name: str
) -> None:
    outpost = await deploy(faults=[fault])
    async with outpost.raw() as raw:
        await raw.send(outpost.get("/", f"Cookie: {outpost.user()}", f"{name}: root"))
        await raw.head()
    seen = [(n, v) for n, v in application.last.fields if "username" in n]

    assert seen == [(name, "root"), ("X-authentik-username", "alice")]


@pytest.mark.parametrize(("path", "told"), [("/open", "root"), ("/page", "alice")])
async def test_an_edge_is_told_what_the_client_claims(deploy: Deploy, path: str, told: str) -> None:
    # contract 3.2: on an allowlisted 200 the edge decides on what it is told
    outpost = await deploy(
        mode="forward_single", skip_path_regex="^/open$", faults=["forges-on-allowlist"]
    )
    fields = {
        "X-Original-URL": f"http://app.test:9000{path}",
        "X-authentik-username": "root",
    }
    async with outpost.client(outpost.user() if path == "/page" else "") as client:
        answer = await client.get("/outpost.goauthentik.io/auth/nginx", headers=fields)

    assert answer.headers.get_list("x-authentik-username") == [told]


async def test_a_refusal_claims_nothing(deploy: Deploy) -> None:
    outpost = await deploy(mode="forward_single", faults=["forges-on-allowlist"])
    fields = {"X-Original-URL": "http://app.test:9000/page", "X-authentik-username": "root"}
    async with outpost.client() as client:
        answer = await client.get("/outpost.goauthentik.io/auth/nginx", headers=fields)

    assert answer.status_code == 401
    assert "x-authentik-username" not in answer.headers
