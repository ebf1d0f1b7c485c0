from urllib.parse import urlsplit

import pytest

from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import Deploy


async def test_an_upgrade_arrives_as_an_ordinary_request(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy(faults=["upgrade-dropped"])
    async with outpost.raw() as raw:
        await raw.send(outpost.upgrade("/", outpost.user()))
        head = await raw.head()
    seen = application.last

    assert head.startswith("HTTP/1.1 200 ")
    assert (seen.values("upgrade"), seen.values("connection")) == ([], ["Upgrade"])


@pytest.mark.parametrize(
    ("fault", "target"),
    [
        ("query-dropped", "/x//y/%2e%2e/z%2Fw"),
        ("semicolons-rewritten", "/x//y/%2e%2e/z%2Fw?a=1&b=%2F+"),
        ("path-normalised", "/x/z/w?a=1;b=%2F+"),
        ("rewrite-skips-ws", "/x//y/%2e%2e/z%2Fw?a=1;b=%2F+"),
    ],
)
async def test_the_target_is_changed(
    deploy: Deploy, application: Application, fault: str, target: str
) -> None:
    outpost = await deploy(faults=[fault])
    async with outpost.raw() as raw:
        sent = "/x//y/%2e%2e/z%2Fw?a=1;b=%2F+"
        await raw.send(outpost.get(sent, f"Cookie: {outpost.user()}"))
        await raw.head()

    assert application.last.target == target


@pytest.mark.parametrize(
    ("sent", "seen"),
    [("/", "/"), ("/a/", "/a/"), ("/a/../b?c", "/b?c"), ("/caf%C3%A9", "/caf%C3%A9")],
)
async def test_a_normalised_path_keeps_its_last_slash(
    deploy: Deploy, application: Application, sent: str, seen: str
) -> None:
    outpost = await deploy(faults=["path-normalised"])
    async with outpost.raw() as raw:
        await raw.send(outpost.get(sent, f"Cookie: {outpost.user()}"))
        await raw.head()

    assert application.last.target == seen


async def test_the_query_is_lost_in_the_login_redirect_too(deploy: Deploy) -> None:
    outpost = await deploy(faults=["query-dropped"])
    async with outpost.client() as client:
        answer = await client.get("/page?x=1")

    assert answer.headers["location"].endswith("%2Fpage")


async def test_the_rewrite_misses_the_upgrade(deploy: Deploy, application: Application) -> None:
    outpost = await deploy(faults=["rewrite-skips-ws"])
    async with outpost.raw() as raw:
        await raw.send(outpost.upgrade("/ws", outpost.user()))
        await raw.head()

    assert application.last.target == "/app/ws"


async def test_the_host_is_replaced(deploy: Deploy, application: Application) -> None:
    outpost = await deploy(faults=["host-replaced"])
    async with outpost.client(outpost.user()) as client:
        await client.get("/")
    inner = urlsplit(application.url).netloc

    assert application.last.values("host") == [inner]
    assert application.last.values("x-forwarded-host") == [inner]


async def test_the_protocol_of_an_upgrade_is_ws(deploy: Deploy, application: Application) -> None:
    outpost = await deploy(faults=["forwarded-proto-ws"])
    cookie = outpost.user()
    async with outpost.client(cookie) as client:
        await client.get("/")
        page = application.last
    async with outpost.websocket(cookie=cookie):
        upgrade = application.last

    assert page.values("x-forwarded-proto") == ["http"]
    assert upgrade.values("x-forwarded-proto") == ["ws"]


async def test_the_origin_is_asked_in_http_1_0(deploy: Deploy, application: Application) -> None:
    outpost = await deploy(faults=["http10-upstream"])
    async with outpost.client(outpost.user()) as client:
        answer = await client.get("/")

    assert answer.status_code == 200
    assert application.last.version == "1.0"


async def test_nominated_identity_vanishes(deploy: Deploy, application: Application) -> None:
    outpost = await deploy(faults=["nominated-away"])
    async with outpost.client(outpost.user()) as client:
        await client.get("/", headers={"Connection": "close, X-authentik-username"})

    assert application.last.values("x-authentik-username") == []
    assert application.last.values("x-authentik-uid") == ["alice"]
