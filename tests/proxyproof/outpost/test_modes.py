from urllib.parse import parse_qs, urlsplit

import pytest

from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import HANDSHAKE, Deploy

AUTH = "/outpost.goauthentik.io/auth/nginx"
URL = {"X-Original-URL": "http://app.test:9000/page?x=1"}


@pytest.mark.parametrize(
    "fields",
    [{}, {"Accept": "text/event-stream"}, {"X-Requested-With": "XMLHttpRequest"}],
    ids=["page", "events", "xhr"],
)
async def test_an_anonymous_request_is_led_to_the_login(
    deploy: Deploy, application: Application, fields: dict[str, str]
) -> None:
    # contract 1.3: there is no content negotiation
    outpost = await deploy()
    async with outpost.client() as client:
        answer = await client.get("/page?x=1;y", headers=fields)
    url = urlsplit(answer.headers["location"])

    assert answer.status_code == 302
    assert f"{url.scheme}://{url.netloc}{url.path}" == (
        "http://app.test:9000/outpost.goauthentik.io/start"
    )
    assert parse_qs(url.query) == {"rd": ["http://app.test:9000/page?x=1;y"]}
    assert application.heads == []


async def test_an_anonymous_upgrade_is_led_to_the_login_too(deploy: Deploy) -> None:
    # contract 2.2: 302 as the handshake answer, no 101
    outpost = await deploy()
    async with outpost.raw() as raw:
        await raw.send(outpost.get("/ws", HANDSHAKE.removesuffix("\r\n")))

        assert (await raw.head()).startswith("HTTP/1.1 302 ")


async def test_under_go_the_query_is_lost_on_the_way_to_the_login(deploy: Deploy) -> None:
    # contract 1.2: proxy-mode rd
    outpost = await deploy(profile="go-2025.12")
    async with outpost.client() as client:
        answer = await client.get("/page?x=1")

    assert answer.headers["location"].endswith("rd=http%3A%2F%2Fapp.test%3A9000%2Fpage")


async def test_a_tried_authorization_is_unauthenticated(deploy: Deploy) -> None:
    # contract 5.3: 401 HTML, no WWW-Authenticate
    outpost = await deploy()
    async with outpost.client() as client:
        answer = await client.get("/page", headers={"Authorization": "Basic eDp5"})

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "www-authenticate" not in answer.headers


async def test_without_interception_it_is_led_to_the_login(deploy: Deploy) -> None:
    # contract 5.3
    outpost = await deploy(intercept_header_auth=False)
    async with outpost.client() as client:
        answer = await client.get("/page", headers={"Authorization": "Basic eDp5"})

    assert answer.status_code == 302


async def test_connect_is_not_for_a_reverse_proxy(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.raw() as raw:
        await raw.send("CONNECT app.test:9000 HTTP/1.1\r\nHost: app.test:9000\r\n\r\n")

        assert (await raw.head()).startswith("HTTP/1.1 405 ")


async def test_nginx_is_told_who_is_there(deploy: Deploy) -> None:
    # contract 1.2: 200, identity fields, echo of User-Agent, empty body
    outpost = await deploy(mode="forward_single")
    cookie = outpost.user(groups=["dev", "ops"])
    async with outpost.client(cookie) as client:
        answer = await client.get(AUTH, headers={**URL, "User-Agent": "curl/8"})

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["x-authentik-username"] == "alice"
    assert answer.headers["x-authentik-groups"] == "dev|ops"
    assert answer.headers["user-agent"] == "curl/8"


async def test_nginx_is_told_401_and_nothing_else(deploy: Deploy) -> None:
    # contract 1.2: no Location
    outpost = await deploy(mode="forward_single")
    async with outpost.client() as client:
        answer = await client.get(AUTH, headers=URL)

    assert (answer.status_code, answer.text) == (401, "unauthorized request")
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    "fields", [{}, {"X-Original-URL": "/page"}, {"X-Original-URL": "http://["}]
)
async def test_an_auth_request_without_original_url_is_a_configuration_error(
    deploy: Deploy, fields: dict[str, str]
) -> None:
    # contract 1.2: 500 when the field is missing or cannot be parsed
    outpost = await deploy(mode="forward_single")
    async with outpost.client(outpost.user()) as client:
        answer = await client.get(AUTH, headers=fields)

    assert (answer.status_code, answer.text) == (500, "configuration error")


async def test_the_login_endpoints_themselves_may_pass(deploy: Deploy) -> None:
    # contract 1.2
    outpost = await deploy(mode="forward_single")
    url = "http://app.test:9000/outpost.goauthentik.io/start"
    async with outpost.client() as client:
        answer = await client.get(AUTH, headers={"X-Original-URL": url})

    assert answer.status_code == 200


async def test_an_allowlisted_path_passes_without_identity(deploy: Deploy) -> None:
    # contract 5.1
    outpost = await deploy(mode="forward_single", skip_path_regex="^/page$")
    async with outpost.client() as client:
        answer = await client.get(AUTH, headers=URL)

    assert answer.status_code == 200
    assert "x-authentik-username" not in answer.headers


async def test_go_also_takes_the_path_of_the_original_request(deploy: Deploy) -> None:
    # contract 1.2: X-Original-URI wins; dropped in Rust
    go = await deploy(mode="forward_single", profile="go-2025.12", skip_path_regex="^/open$")
    rust = await deploy(mode="forward_single", skip_path_regex="^/open$")
    answers = []
    for outpost in (go, rust):
        async with outpost.client() as client:
            answers.append(await client.get(AUTH, headers={**URL, "X-Original-URI": "/open"}))

    assert [answer.status_code for answer in answers] == [200, 401]


@pytest.mark.parametrize("path", ["/page", "/outpost.goauthentik.io/auth/nginx/more"])
async def test_in_forward_mode_everything_else_is_not_found(deploy: Deploy, path: str) -> None:
    # contract 1.2
    outpost = await deploy(mode="forward_single")
    async with outpost.client(outpost.user()) as client:
        answer = await client.get(path, headers=URL)

    assert answer.status_code == 404
