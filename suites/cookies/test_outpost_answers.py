"""What the outpost says when it lets somebody in: identity, however large, and cookies of its own.

Clients that are no browsers bring a token instead of a cookie (RFC 6750).
"""

from fixtures.actors import Users
from fixtures.asking import answer_to, answers_to
from fixtures.origin import OriginActor
from proxy.model import Feature
from suites.admission import expect_kept_out, expect_let_in
from suites.requirement import OUTPOST, PROXY, needs, over_both_transports, practice

GROUPS = [f"group-{number:03}-of-the-department" for number in range(200)]


@needs(Feature.GATE)
@practice(
    "users with many groups, administrators first, are answered 500 or 502",
    watches=(PROXY, OUTPOST),
    kills=("small-proxy-buffers",),
    field=("COO-05",),
)
async def test_large_identity_passes(users: Users, origin: OriginActor, token: str) -> None:
    """The proxy takes an answer of the outpost that names two hundred groups."""
    client = await users.client_with(f"member-{token}", groups=GROUPS)

    answers = await answers_to(client)
    head = await origin.head("/api/ws")

    expect_let_in(answers)
    assert head.all("X-authentik-groups") == ["|".join(GROUPS)]


@needs(Feature.OUTPOST)
@practice(
    "a tab that only streams is logged out if the cookie that a page would get is lost on its 101",
    watches=(PROXY, OUTPOST),
    kills=("set-cookie-not-always",),
    field=("COO-02",),
)
async def test_set_cookie_of_the_outpost_arrives_on_101_too(users: Users) -> None:
    """The proxy passes on the cookie that the outpost sets with a 101, as it does with a page."""
    page = await answer_to(await users.bearer("alice"), "get")
    upgrade = await answer_to(await users.bearer("alice"), "websocket")

    assert (page.status, upgrade.status) == (200, 101)
    assert page.get_all("Set-Cookie") != []
    assert [cookie.partition("=")[0] for cookie in upgrade.get_all("Set-Cookie")] == [
        cookie.partition("=")[0] for cookie in page.get_all("Set-Cookie")
    ]


@needs(Feature.GATE)
@practice(
    "command-line tools and services have no browser to log in with",
    watches=(PROXY, OUTPOST),
    kills=("ignores-bearer",),
)
@over_both_transports
async def test_bearer_token_opens_the_stream(users: Users, transport: str) -> None:
    """The gate lets a stream in with a token of the provider, and refuses it with another."""
    client = await users.bearer("alice")
    wrong = users.stranger.sending(("Authorization", "Bearer not-a-token"))

    async with client.stream(transport) as stream:
        opened = stream.status

    assert opened in (101, 200)
    expect_kept_out(await answers_to(wrong))
