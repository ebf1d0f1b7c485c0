import pytest

from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import Deploy

IDENTITY = [
    "X-authentik-username",
    "X-authentik-groups",
    "X-authentik-entitlements",
    "X-authentik-email",
    "X-authentik-name",
    "X-authentik-uid",
    "X-authentik-jwt",
    "X-authentik-meta-jwks",
    "X-authentik-meta-outpost",
    "X-authentik-meta-provider",
    "X-authentik-meta-app",
    "X-authentik-meta-version",
]


async def test_all_twelve_identity_fields_reach_the_application(
    deploy: Deploy, application: Application
) -> None:
    # contract 3.1
    outpost = await deploy()
    async with outpost.client(outpost.user(groups=["a", "b|c"])) as client:
        await client.get("/")
    told = [name for name, _ in application.last.fields if name.startswith("X-authentik-")]

    assert told == IDENTITY
    assert application.last.values("x-authentik-groups") == ["a|b|c"]
    assert application.last.values("x-authentik-jwt") == ["raw.jwt"]


@pytest.mark.parametrize(
    "name", ["X-authentik-username", "x-AUTHENTIK-username", "X_authentik_username"]
)
async def test_a_forged_identity_field_does_not_survive(
    deploy: Deploy, application: Application, name: str
) -> None:
    # contract 3.2: overwritten; no underscore alias of an identity field reaches the application
    outpost = await deploy()
    async with outpost.raw() as raw:
        fields = (f"Cookie: {outpost.user()}", f"{name}: root", f"{name}: admin")
        await raw.send(outpost.get("/", *fields))
        await raw.head()
    seen = [(n, v) for n, v in application.last.fields if "username" in n.lower()]

    assert seen == [("X-authentik-username", "alice")]


async def test_nomination_does_not_remove_identity(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy()
    fields = {"Connection": "close, X-authentik-username, X-Mine, Host", "X-Mine": "1"}
    async with outpost.client(outpost.user()) as client:
        await client.get("/", headers=fields)

    assert application.last.values("x-authentik-username") == ["alice"]
    assert application.last.values("x-mine") == []  # RFC 9110 7.6.1
    assert application.last.values("host") == ["app.test:9000"]


async def test_nominated_fields_may_leak_as_in_the_rust_version_that_was_read(
    deploy: Deploy, application: Application
) -> None:
    # contract 3.3
    outpost = await deploy(quirks={"nominated_fields_leak": True})
    async with outpost.client(outpost.user()) as client:
        await client.get("/", headers={"Connection": "close, X-Mine", "X-Mine": "1"})

    assert application.last.values("x-mine") == ["1"]


@pytest.mark.parametrize(("strips", "seen"), [(False, ["root"]), (True, [])])
async def test_on_an_allowlisted_path_forged_fields_pass_unless_asked_otherwise(
    deploy: Deploy, application: Application, strips: bool, seen: list[str]
) -> None:
    # contract 3.2: no stripping in reality
    outpost = await deploy(skip_path_regex="open", quirks={"allowlist_strips_identity": strips})
    async with outpost.client() as client:
        await client.get("/open", headers={"X-authentik-username": "root"})

    assert application.last.values("x-authentik-username") == seen


@pytest.mark.parametrize(
    ("host", "seen"),
    [
        ("tenant.test", "tenant.test"),
        ("", "app.test:9000"),
        (7, "app.test:9000"),
        ("a\r\nX-Forged: 1", "app.test:9000"),
    ],
)
async def test_the_claims_may_ask_for_another_host(
    deploy: Deploy, application: Application, host: object, seen: str
) -> None:
    # contract 3.3: claim ak_proxy.host_header; X-Forwarded-Host = original Host always
    outpost = await deploy()
    cookie = outpost.user(ak_proxy={"host_header": host})
    async with outpost.client(cookie) as client:
        await client.get("/")

    assert application.last.values("host") == [seen]
    assert application.last.values("x-forwarded-host") == ["app.test:9000"]
    assert application.last.values("x-forged") == []


async def test_hop_by_hop_fields_stay_here(deploy: Deploy, application: Application) -> None:
    # contract 3.3: TE except trailers
    outpost = await deploy()
    async with outpost.raw() as raw:
        hop = ("Keep-Alive: x", "TE: gzip", "te: trailers", "Proxy-Authorization: x", "Trailer: x")
        await raw.send(outpost.get("/", f"Cookie: {outpost.user()}", *hop))
        await raw.head()
    names = [name.lower() for name, _ in application.last.fields]

    assert not {"keep-alive", "proxy-authorization", "trailer", "connection"} & set(names)
    assert application.last.values("te") == ["trailers"]


async def test_an_upgrade_to_another_protocol_is_an_ordinary_request(
    deploy: Deploy, application: Application
) -> None:
    # SEC-07: the application must not see it
    outpost = await deploy()
    async with outpost.raw() as raw:
        fields = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAA")
        await raw.send(outpost.get("/", f"Cookie: {outpost.user()}", *fields))
        head = await raw.head()

    assert head.startswith("HTTP/1.1 200 ")
    assert application.last.values("upgrade") == []
    assert application.last.values("http2-settings") == []


async def test_field_order_and_spelling_are_kept(deploy: Deploy, application: Application) -> None:
    outpost = await deploy()
    cookie = outpost.user()
    async with outpost.raw() as raw:
        await raw.send(outpost.get("/", "x-B: 1", f"Cookie: {cookie}", "X-a: 2", "x-B: 3"))
        await raw.head()

    assert application.last.fields[:5] == [
        ("Host", "app.test:9000"),
        ("x-B", "1"),
        ("Cookie", cookie),
        ("X-a", "2"),
        ("x-B", "3"),
    ]


@pytest.mark.parametrize(("strips", "seen"), [(False, True), (True, False)])
async def test_the_session_cookie_is_seen_outside_unless_asked_otherwise(
    deploy: Deploy, application: Application, strips: bool, seen: bool
) -> None:
    # contract 3.3: not stripped in reality
    outpost = await deploy(quirks={"strips_session_cookie": strips})
    async with outpost.client(f'a="x=y"; {outpost.user()}; b=2') as client:
        await client.get("/")
    (field,) = application.last.values("cookie")

    assert ("authentik_proxy_" in field) is seen
    assert field.startswith('a="x=y"; ')
    assert field.endswith("; b=2")


async def test_other_cookies_are_left_as_they_are_written(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy(skip_path_regex=".", quirks={"strips_session_cookie": True})
    async with outpost.client("b=2;  a=1") as client:
        await client.get("/")

    assert application.last.values("cookie") == ["b=2;  a=1"]


async def test_a_request_without_other_cookies_has_no_cookie_field_left(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy(quirks={"strips_session_cookie": True})
    async with outpost.client(outpost.user()) as client:
        await client.get("/")

    assert application.last.values("cookie") == []
