from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest

from tests.proxyproof.outpost.deployment import Deploy

AUTH = "/outpost.goauthentik.io/auth"
SECRET = "0123456789abcdef0123456789abcdef"

Asked = tuple[str, dict[str, str]]


def forwarded(target: str, proto: str = "http") -> dict[str, str]:
    """Return what Traefik and Caddy tell of the original request."""
    return {
        "X-Forwarded-Proto": proto,
        "X-Forwarded-Host": "app.test:9000",
        "X-Forwarded-Uri": target,
    }


def asked(dialect: str, target: str) -> Asked:
    """Return target and fields of the auth request of an edge about `target`."""
    if dialect == "envoy":
        return f"{AUTH}/envoy{target}", {}
    return f"{AUTH}/{dialect}", forwarded(target)


async def ask(client: httpx.AsyncClient, dialect: str, target: str, **more: str) -> httpx.Response:
    path, fields = asked(dialect, target)
    return await client.get(path, headers={**fields, **more})


def redirect_of(answer: httpx.Response) -> str:
    state = parse_qs(urlsplit(answer.headers["location"]).query)["state"][0]
    claims: dict[str, Any] = jwt.decode(state, SECRET, algorithms=["HS256"])
    return str(claims["redirect"])


every_dialect = pytest.mark.parametrize("dialect", ["traefik", "caddy", "envoy"])


@every_dialect
async def test_the_edge_is_told_who_is_there(deploy: Deploy, dialect: str) -> None:
    # contract 1.2: 200, identity fields, echo of User-Agent, empty body
    outpost = await deploy(mode="forward_single")
    async with outpost.client(outpost.user(groups=["dev", "ops"])) as client:
        answer = await ask(client, dialect, "/page?x=1", **{"User-Agent": "curl/8"})

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["x-authentik-groups"] == "dev|ops"
    assert answer.headers["user-agent"] == "curl/8"


@every_dialect
async def test_an_anonymous_request_is_led_to_the_provider_itself(
    deploy: Deploy, issuer: str, dialect: str
) -> None:
    # contract 1.2: 302, Location is the absolute authorize URL, Set-Cookie; callback on
    # external_host; 5.4: the original URL is in the state
    outpost = await deploy(mode="forward_single", issuer=issuer)
    async with outpost.client() as client:
        answer = await ask(client, dialect, "/page?x=1&y=2;z")
    url = urlsplit(answer.headers["location"])
    query = parse_qs(url.query)

    assert answer.status_code == 302
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{issuer}/oauth2/authorize"
    assert query["redirect_uri"] == [
        "http://app.test:9000/outpost.goauthentik.io/callback?X-authentik-auth-callback=true"
    ]
    assert redirect_of(answer) == "http://app.test:9000/page?x=1&y=2;z"
    assert answer.headers["set-cookie"].startswith("authentik_proxy_948fe603=")


@every_dialect
@pytest.mark.parametrize(
    "fields",
    [{"Accept": "text/event-stream"}, {"Upgrade": "websocket"}, {"Authorization": "Basic eDp5"}],
    ids=["events", "upgrade", "authorization"],
)
async def test_a_stream_or_a_tried_authorization_is_led_there_too(
    deploy: Deploy, issuer: str, dialect: str, fields: dict[str, str]
) -> None:
    # contract 1.3: no content negotiation; 2.2 and 5.3: forward endpoints ignore the interception
    outpost = await deploy(mode="forward_single", issuer=issuer)
    async with outpost.client() as client:
        answer = await ask(client, dialect, "/stream", **fields)

    assert answer.status_code == 302


@every_dialect
async def test_a_dead_cookie_is_replaced_by_that_of_the_new_login(
    deploy: Deploy, issuer: str, dialect: str
) -> None:
    # contract 2.2
    outpost = await deploy(mode="forward_single", issuer=issuer)
    async with outpost.client(outpost.user(seconds=0)) as client:
        answer = await ask(client, dialect, "/page")

    assert len(answer.headers.get_list("set-cookie")) == 1
    assert "Max-Age=8640" in answer.headers["set-cookie"]


@every_dialect
async def test_the_callback_is_known_by_the_query_of_the_original_url(
    deploy: Deploy, issuer: str, dialect: str
) -> None:
    # contract 1.2: the login works without a public /outpost.goauthentik.io
    outpost = await deploy(mode="forward_single", issuer=issuer)
    async with outpost.client() as client:
        callback = await outpost.code(client)
        target = callback.removeprefix("http://app.test:9000").replace("=true", "=TRUE")
        answer = await ask(client, dialect, target)
        page = await ask(client, dialect, "/page")

    assert (answer.status_code, answer.headers["location"]) == (
        302,
        "http://app.test:9000/page?x=1",
    )
    assert page.status_code == 200


@every_dialect
async def test_sign_out_is_known_by_the_query_of_the_original_url(
    deploy: Deploy, issuer: str, dialect: str
) -> None:
    # contract 1.2, 2.1
    outpost = await deploy(mode="forward_single", issuer=issuer)
    async with outpost.client(outpost.user()) as client:
        answer = await ask(client, dialect, "/page?X-authentik-logout=true")

    assert urlsplit(answer.headers["location"]).path == "/oauth2/end_session"
    assert list(outpost.outpost.store) == []


@every_dialect
async def test_an_allowlisted_path_passes_bare(deploy: Deploy, dialect: str) -> None:
    # contract 1.2, 5.1
    outpost = await deploy(mode="forward_single", skip_path_regex="^/open$")
    async with outpost.client() as client:
        answer = await ask(client, dialect, "/open?x=1", **{"User-Agent": "curl/8"})

    assert (answer.status_code, answer.content) == (200, b"")
    assert not {"user-agent", "x-authentik-username", "set-cookie"} & set(answer.headers)


@pytest.mark.parametrize("dialect", ["traefik", "caddy"])
@pytest.mark.parametrize("missing", ["X-Forwarded-Proto", "X-Forwarded-Host"])
async def test_an_edge_that_does_not_tell_the_original_url_is_a_configuration_error(
    deploy: Deploy, dialect: str, missing: str
) -> None:
    # contract 1.2: 500; never 200 on an error path (7, CVE-2026-25748)
    outpost = await deploy(mode="forward_single")
    fields = {name: value for name, value in forwarded("/page").items() if name != missing}
    async with outpost.client(outpost.user()) as client:
        answer = await client.get(f"{AUTH}/{dialect}", headers=fields)

    assert (answer.status_code, answer.text) == (500, "configuration error")


@pytest.mark.parametrize(("profile", "status"), [("rust-2026.8", 500), ("go-2025.12", 200)])
async def test_rust_believes_only_a_trusted_edge(deploy: Deploy, profile: str, status: int) -> None:
    # contract section 0: X-Forwarded-* from trusted networks only
    networks = {"trusted_proxies": ["192.0.2.0/24"]}
    outpost = await deploy(mode="forward_single", profile=profile, **networks)
    async with outpost.client(outpost.user()) as client:
        answer = await ask(client, "traefik", "/page")

    assert answer.status_code == status


async def test_the_original_url_of_an_upgrade_keeps_its_scheme(deploy: Deploy, issuer: str) -> None:
    # contract 5.4: Traefik says wss, and so does the state
    outpost = await deploy(mode="forward_single", issuer=issuer)
    async with outpost.client() as client:
        answer = await client.get(f"{AUTH}/traefik", headers=forwarded("/ws", "wss"))

    assert redirect_of(answer) == "wss://app.test:9000/ws"


async def test_envoy_may_ask_about_no_path_at_all(deploy: Deploy, issuer: str) -> None:
    outpost = await deploy(mode="forward_single", issuer=issuer)
    async with outpost.client() as client:
        answer = await client.get(f"{AUTH}/envoy")

    assert redirect_of(answer) == "http://app.test:9000/"


async def test_envoy_must_tell_the_host(deploy: Deploy) -> None:
    # contract 1.2: host from Host, whatever is forwarded
    outpost = await deploy(mode="forward_single")
    async with outpost.raw() as raw:
        await raw.send(f"GET {AUTH}/envoy/page HTTP/1.0\r\nX-Forwarded-Host: app.test:9000\r\n\r\n")

        assert (await raw.head()).startswith("HTTP/1.1 500 ")
