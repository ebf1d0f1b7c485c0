import pytest

from tests.proxyproof.outpost.deployment import Deploy

AUTH = "/outpost.goauthentik.io/auth"
both = pytest.mark.parametrize("value", [False, True])


@both
async def test_any_host(deploy: Deploy, value: bool) -> None:
    # contract 1.1: if exactly one app is configured it serves every host
    outpost = await deploy(quirks={"any_host": value})
    async with outpost.client(outpost.user()) as client:
        answer = await client.get("/", headers={"Host": "elsewhere.test"})

    assert answer.status_code == (200 if value else 400)


@pytest.mark.parametrize("value", [400, 404])
async def test_unknown_host_status(deploy: Deploy, value: int) -> None:
    # contract 1.1: the embedded outpost leaves it to the core, which says 404
    outpost = await deploy(mode="forward_single", quirks={"unknown_host_status": value})
    async with outpost.client(outpost.user()) as client:
        answer = await client.get(f"{AUTH}/traefik", headers={"Host": "elsewhere.test"})

    assert answer.status_code == value


@both
async def test_static_path(deploy: Deploy, value: bool) -> None:
    # contract 1.1, 1.2: static is answered before the lookup
    outpost = await deploy(quirks={"static_path": value})
    async with outpost.client() as client:
        path = "/outpost.goauthentik.io/static/dist/style.css"
        answer = await client.get(path, headers={"Host": "elsewhere.test"})

    assert answer.status_code == (404 if value else 400)


@both
async def test_original_uri(deploy: Deploy, value: bool) -> None:
    # contract 1.2: X-Original-URI is a path, and wins
    outpost = await deploy(
        mode="forward_single", skip_path_regex="^/open$", quirks={"original_uri": value}
    )
    fields = {"X-Original-URL": "http://app.test:9000/page", "X-Original-URI": "/open"}
    async with outpost.client() as client:
        answer = await client.get(f"{AUTH}/nginx", headers=fields)

    assert answer.status_code == (200 if value else 401)


@both
async def test_envoy_bare_path(deploy: Deploy, value: bool) -> None:
    # contract 1.2: stored Rust versions register the bare path only
    outpost = await deploy(mode="forward_single", quirks={"envoy_bare_path": value})
    async with outpost.client(outpost.user()) as client:
        statuses = [
            (await client.get(f"{AUTH}/envoy{path}")).status_code for path in ("", "/page?x=1")
        ]

    assert statuses == [200, 404 if value else 200]


async def test_powered_by(deploy: Deploy) -> None:
    # contract 1.2: X-Powered-By
    outpost = await deploy(quirks={"powered_by": "us"})
    async with outpost.client(outpost.user()) as client:
        assert (await client.get("/")).headers["x-powered-by"] == "us"


@both
async def test_powered_by_everywhere(deploy: Deploy, value: bool) -> None:
    # contract 1.2: on all responses, or on proxied ones
    outpost = await deploy(quirks={"powered_by_everywhere": value})
    async with outpost.client() as client:
        answer = await client.get("/outpost.goauthentik.io/ping")

    assert ("x-powered-by" in answer.headers) is value


@pytest.mark.parametrize(("value", "status"), [("trusted", 400), ("keep", 200), ("discard", 400)])
async def test_forwarding(deploy: Deploy, value: str, status: int) -> None:
    # contract section 0, 3.3: whose X-Forwarded-Host picks the app
    outpost = await deploy(trusted_proxies=["192.0.2.0/24"], quirks={"forwarding": value})
    async with outpost.client(outpost.user()) as client:
        fields = {"Host": "outpost.internal", "X-Forwarded-Host": "app.test:9000"}
        answer = await client.get("/", headers=fields)

    assert answer.status_code == status
