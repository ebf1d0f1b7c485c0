import pytest

from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import Deploy

NAME = "authentik_proxy_948fe603"


@pytest.mark.parametrize(
    ("fault", "names"),
    [
        ("strips-cookie", []),
        ("cookie-not-forwarded", [NAME]),
        ("reorders-cookies", ["b", NAME, "a"]),
    ],
)
async def test_the_cookie_field_is_changed(
    deploy: Deploy, application: Application, fault: str, names: list[str]
) -> None:
    outpost = await deploy(faults=[fault])
    async with outpost.client(f"a=1; {outpost.user()}; b=2") as client:
        await client.get("/")
    pairs = "; ".join(application.last.values("cookie")).split("; ")

    assert [pair.partition("=")[0] for pair in pairs if pair] == names


@pytest.mark.parametrize(
    ("fault", "seen"), [("merges-set-cookie", ["a=1, b=2"]), ("set-cookie-dropped", [])]
)
async def test_the_cookies_of_the_application_are_changed(
    deploy: Deploy, application: Application, fault: str, seen: list[str]
) -> None:
    outpost = await deploy(faults=[fault])
    async with outpost.client(outpost.user()) as client:
        answer = await client.get("/")

    assert answer.headers.get_list("set-cookie") == seen


async def test_a_response_without_cookies_is_not_given_one(deploy: Deploy) -> None:
    outpost = await deploy(faults=["merges-set-cookie"])
    async with outpost.client(outpost.user()) as client:
        assert "set-cookie" not in (await client.get("/large")).headers


async def test_each_refusal_adds_a_cookie(deploy: Deploy) -> None:
    outpost = await deploy(faults=["grows-jar"])
    async with outpost.client() as client:
        for _ in range(5):
            await client.get("/")
        await client.get("/outpost.goauthentik.io/ping")

        assert len(client.cookies.jar) == 5


async def test_the_session_cookie_is_for_the_login_endpoints_only(
    deploy: Deploy, issuer: str
) -> None:
    outpost = await deploy(faults=["cookie-path-narrow"], issuer=issuer)
    async with outpost.client() as client:
        await outpost.login(client)
        answer = await client.get("/page")

    assert answer.status_code == 302


async def test_large_cookies_are_refused(deploy: Deploy) -> None:
    outpost = await deploy(faults=["small-header-buffers"])
    async with outpost.client(f"{outpost.user()}; big={'x' * 12288}") as client:
        assert (await client.get("/")).status_code == 431


async def test_the_second_user_is_taken_for_the_first(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy(faults=["shares-upstream"], skip_path_regex="open")
    async with outpost.client() as client:
        await client.get("/open")
    for sub in ("alice", "bob"):
        async with outpost.client(outpost.user(sub) + f"; app={sub}") as client:
            await client.get("/")

    assert application.last.values("x-authentik-username") == ["alice"]
    assert application.last.values("cookie")[0].endswith("app=alice")
