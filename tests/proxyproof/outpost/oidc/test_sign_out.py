from urllib.parse import parse_qs, urlsplit

from tests.proxyproof.outpost.deployment import Deploy

START = "/outpost.goauthentik.io/start"
SIGN_OUT = "/outpost.goauthentik.io/sign_out"


async def test_sign_out_ends_all_sessions_of_the_subject(deploy: Deploy, issuer: str) -> None:
    # contract 2.1: other browsers too, then 302 to the provider; Rust also removes the cookie
    outpost = await deploy(issuer=issuer)
    outpost.user("alice")
    bob = outpost.user("bob")
    async with outpost.client() as client, outpost.client(bob) as other:
        await outpost.login(client)
        answer = await client.get(SIGN_OUT)
        left = await other.get("/page")
    url = urlsplit(answer.headers["location"])

    assert (answer.status_code, url.path) == (302, "/oauth2/end_session")
    assert parse_qs(url.query)["id_token_hint"][0].count(".") == 2
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert [session.sub for session in outpost.outpost.store] == ["bob"]
    assert left.status_code == 200


async def test_sign_out_under_go_leaves_the_cookie(deploy: Deploy, issuer: str) -> None:
    # contract 2.1
    outpost = await deploy(issuer=issuer, profile="go-2025.12")
    async with outpost.client(outpost.user()) as client:
        answer = await client.get("/page?X-authentik-logout=true")

    assert urlsplit(answer.headers["location"]).path == "/oauth2/end_session"
    assert "set-cookie" not in answer.headers


async def test_sign_out_without_a_session_leads_to_the_login(deploy: Deploy) -> None:
    # contract 1.2: the answer of an unauthenticated page
    outpost = await deploy()
    async with outpost.client() as client:
        answer = await client.get(SIGN_OUT)

    assert answer.headers["location"].startswith(f"http://app.test:9000{START}?rd=")


async def test_sign_out_ends_the_session_here_though_the_provider_is_down(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.client(outpost.user()) as client:
        answer = await client.get(SIGN_OUT)

    assert answer.headers["location"] == "http://app.test:9000"
    assert list(outpost.outpost.store) == []
