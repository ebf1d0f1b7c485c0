"""Mode forward_domain: one login for every host of a domain."""

from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.proxyproof.outpost.deployment import Deploy, Deployed, plain_client
from tests.proxyproof.outpost.oidc.test_flow import state_of

AUTH = "/outpost.goauthentik.io/auth"
START = "/outpost.goauthentik.io/start"
DOMAIN = {
    "mode": "forward_domain",
    "external_host": "http://auth.app.test:9000",
    "cookie_domain": "app.test",
}

every_dialect = pytest.mark.parametrize("dialect", ["nginx", "traefik", "caddy", "envoy"])


async def ask(
    client: httpx.AsyncClient, dialect: str, host: str, path: str = "/page"
) -> httpx.Response:
    """Ask about a page of a host as the edge of that dialect does."""
    fields = {"Host": host}
    if dialect == "nginx":
        fields["X-Original-URL"] = f"http://{host}{path}"
    elif dialect != "envoy":
        fields |= {"X-Forwarded-Proto": "http", "X-Forwarded-Uri": path, "X-Forwarded-Host": host}
    target = f"{AUTH}/{dialect}" + (path if dialect == "envoy" else "")
    return await client.get(target, headers=fields)


async def login(outpost: Deployed, client: httpx.AsyncClient, started: httpx.Response) -> str:
    """Go to the provider and come back to the host of the login; returns where that leads."""
    async with plain_client() as browser:
        form = await browser.post(started.headers["location"], data={"sub": "alice"})
    back = urlsplit(form.headers["location"])
    assert f"{back.scheme}://{back.netloc}" == outpost.external
    cookie = started.headers["set-cookie"].partition(";")[0]
    end = await client.get(f"{back.path}?{back.query}", headers={"Cookie": cookie})
    return str(end.headers["location"])


@every_dialect
@pytest.mark.parametrize("host", ["one.app.test:9000", "app.test", "a.b.app.test"])
async def test_a_session_passes_on_every_host_of_the_domain(
    deploy: Deploy, dialect: str, host: str
) -> None:
    # contract 1.1
    outpost = await deploy(**DOMAIN)
    async with outpost.client(outpost.user()) as client:
        answer = await ask(client, dialect, host)

    assert answer.status_code == 200
    assert answer.headers["x-authentik-username"] == "alice"


@every_dialect
async def test_a_host_outside_has_no_application(deploy: Deploy, dialect: str) -> None:
    # contract 1.1: 400, whoever asks
    outpost = await deploy(**DOMAIN)
    async with outpost.client(outpost.user()) as client:
        answer = await ask(client, dialect, "one.other.test")

    assert answer.status_code == 400


@pytest.mark.parametrize("dialect", ["traefik", "caddy", "envoy"])
async def test_a_login_leads_over_the_host_of_the_login_back_to_the_page(
    deploy: Deploy, issuer: str, dialect: str
) -> None:
    # contract 1.1, 1.2: the callback is always on external_host, here the auth URL
    outpost = await deploy(**DOMAIN, issuer=issuer)
    async with outpost.client() as client:
        started = await ask(client, dialect, "one.app.test:9000", "/page?x=1")
        end = await login(outpost, client, started)
    (morsel,) = SimpleCookie(started.headers["set-cookie"]).values()

    assert morsel["domain"] == "app.test"  # contract section 2: so that the callback gets it
    assert end == "http://one.app.test:9000/page?x=1"


async def test_nginx_starts_the_login_at_the_host_of_the_login(deploy: Deploy, issuer: str) -> None:
    # contract 1.2 and section 6: 401, the edge redirects to the auth host with an absolute rd
    outpost = await deploy(**DOMAIN, issuer=issuer)
    async with outpost.client() as client:
        refused = await ask(client, "nginx", "one.app.test:9000")
        started = await client.get(START, params={"rd": "http://one.app.test:9000/page?x=1"})
        end = await login(outpost, client, started)

    assert refused.status_code == 401
    assert end == "http://one.app.test:9000/page?x=1"


@pytest.mark.parametrize(
    ("rd", "taken"),
    [
        ("http://one.app.test:9000/x", True),
        ("https://APP.test/", True),
        ("https://evilapp.test/", True),  # no dot boundary
        ("https://app.test.evil.test/", False),
        ("https://app.test@evil.test/", False),
        ("/x", False),
        ("//evil.test", False),
        ("https:app.test", False),
    ],
)
async def test_the_host_of_a_return_url_ends_with_the_domain(
    deploy: Deploy, issuer: str, rd: str, taken: bool
) -> None:
    # contract 5.4
    outpost = await deploy(**DOMAIN, issuer=issuer)
    async with outpost.client() as client:
        started = await client.get(START, params={"rd": rd})

    assert bool(state_of(started)["redirect"]) is taken


@pytest.mark.parametrize(("rd", "taken"), [("evilapp.test", False), ("one.app.test", True)])
async def test_a_return_url_may_be_held_to_the_dot(
    deploy: Deploy, issuer: str, rd: str, taken: bool
) -> None:
    # contract 5.4, suggestion of section 9: the boundary that is missing in reality
    outpost = await deploy(**DOMAIN, issuer=issuer, quirks={"domain_boundary": True})
    async with outpost.client() as client:
        started = await client.get(START, params={"rd": f"https://{rd}/"})

    assert bool(state_of(started)["redirect"]) is taken


@every_dialect
@pytest.mark.parametrize(
    ("pattern", "status"), [(r"^http://open\.app\.test/page", 200), ("^/page$", None)]
)
async def test_the_allowlist_is_searched_in_the_whole_url(
    deploy: Deploy, issuer: str, dialect: str, pattern: str, status: int | None
) -> None:
    # contract 5.1: full URL incl. scheme and host
    outpost = await deploy(**DOMAIN, issuer=issuer, skip_path_regex=pattern)
    async with outpost.client() as client:
        answer = await ask(client, dialect, "open.app.test")
        other = await ask(client, dialect, "shut.app.test")
    refused = 401 if dialect == "nginx" else 302

    assert [answer.status_code, other.status_code] == [status or refused, refused]


async def test_without_a_return_url_the_login_ends_at_its_own_host(
    deploy: Deploy, issuer: str
) -> None:
    # contract 1.2
    outpost = await deploy(**DOMAIN, issuer=issuer)
    async with outpost.client() as client:
        started = await client.get(START)
        end = await login(outpost, client, started)

    assert parse_qs(urlsplit(started.headers["location"]).query)["redirect_uri"] == [
        "http://auth.app.test:9000/outpost.goauthentik.io/callback?X-authentik-auth-callback=true"
    ]
    assert end == "http://auth.app.test:9000"
