"""The session cookie of the outpost: what it opens, what it must not, and where it ends."""

import pytest

from fixtures.actors import OutpostActor, Users
from fixtures.asking import answers_to, ask_side_by_side
from fixtures.browser import attributes, browser
from fixtures.client import Client
from fixtures.origin import OriginActor
from fixtures.sessions import foreign, tampered
from proxy.model import Feature
from suites.admission import (
    REFUSALS,
    expect_each_its_own,
    expect_kept_out,
    expect_let_in,
)
from suites.requirement import OUTPOST, PROXY, needs, over_both_transports, practice

STREAM_URLS = ["/api/ws", "/api/events", "/api/loops/a/events"]


@needs(Feature.GATE)
@practice(
    "the session cookie is the only credential that a browser can send with a stream",
    watches=(PROXY, OUTPOST),
    kills=("auth-not-applied", "fails-open"),
    field=("AUT-10",),
)
@over_both_transports
async def test_session_cookie_opens_the_stream(client: Client, transport: str) -> None:
    """The gate lets a stream in with the session cookie and refuses it without."""
    refusal = await client.anonymous().refused(transport)
    async with client.stream(transport) as stream:
        opened = stream.status

    assert refusal.status in REFUSALS
    assert opened in (101, 200)


@needs(Feature.GATE)
@practice(
    "a cookie is written by whoever sends it: unsigned, it is a wish and no session",
    watches=(PROXY, OUTPOST),
    kills=("accepts-tampered-cookie", "fails-open"),
    field=("AUT-11",),
)
async def test_tampered_session_cookie_is_refused(client: Client) -> None:
    """The gate refuses a session cookie that was changed, on each way to ask."""
    changed = client.anonymous().with_cookies(tampered(client.cookies[0]))

    expect_let_in(await answers_to(client))
    expect_kept_out(await answers_to(changed))


@needs(Feature.OUTPOST)
@practice(
    "a page that is refused while its socket opens, or the reverse, never asks for a login",
    watches=(PROXY, OUTPOST),
    kills=("accepts-expired", "fails-open"),
    field=("AUT-11",),
)
async def test_expired_session_cookie_is_refused(
    users: Users, outpost: OutpostActor, token: str
) -> None:
    """The gate refuses a session whose time is over, on each way to ask."""
    client = await users.client(f"expiring-{token}")

    expect_let_in(await answers_to(client))
    await outpost.expire(f"expiring-{token}")
    expect_kept_out(await answers_to(client))


@needs(Feature.GATE)
@practice(
    "outposts of two applications share a browser: a session of one is none of the other",
    watches=(PROXY, OUTPOST),
    kills=("accepts-tampered-cookie", "fails-open"),
    field=("AUT-11",),
)
async def test_foreign_session_cookie_is_refused(client: Client) -> None:
    """The gate refuses a session cookie of another outpost, on each way to ask."""
    stranger = client.anonymous().with_cookies(foreign(client.cookies[0]))

    expect_let_in(await answers_to(client))
    expect_kept_out(await answers_to(stranger))


@needs(Feature.GATE)
@practice(
    "a cookie that the browser does not send with a stream leaves it anonymous after the login",
    watches=(PROXY, OUTPOST),
    kills=("cookie-path-narrow",),
    field=("COO-06", "COO-07"),
)
@pytest.mark.parametrize("path", STREAM_URLS)
async def test_session_cookie_fits_every_stream_url(users: Users, path: str) -> None:
    """The gate gives its cookie Domain, Path, Secure and SameSite that fit the streams."""
    way = users.stranger.way
    async with browser(users.stranger) as page:
        set_cookie = await page.obtain_session()
        sent = page.cookies_for(way.scheme, path)
    same_site = attributes(set_cookie).get("samesite", "Lax")

    assert sent.startswith(way.login.cookie)
    assert same_site in ("Lax", "None")  # Strict: lost on the way back from the provider


@needs(Feature.GATE)
@practice(
    "tabs that were logged out ask all night: in the morning every request is too large",
    watches=(PROXY, OUTPOST),
    kills=("grows-jar",),
    field=("AUT-08",),
)
async def test_anonymous_retries_do_not_grow_the_jar(users: Users) -> None:
    """The gate leaves one cookie at most behind in a browser that it refuses sixty times."""
    async with browser(users.stranger) as page:
        await page.retry(60)

        assert set(page.statuses) <= set(REFUSALS)
        assert len(page.names) <= 1
        assert page.size < 4096


@practice(
    "a pooled connection belongs to nobody: one user's cookie on another's request is a breach",
    watches=(PROXY, OUTPOST),
    kills=("shares-upstream",),
    field=("SEC-08",),
)
async def test_cookies_of_two_users_never_mix(users: Users, origin: OriginActor) -> None:
    """The proxy sends each request with the cookies and the identity of its own client."""
    alice = (await users.client("alice")).with_cookies("who=alice")
    bob = (await users.client("bob")).with_cookies("who=bob")

    await ask_side_by_side({"alice": alice, "bob": bob}, times=25)
    heads = await origin.heads()

    assert len(heads) == 50
    expect_each_its_own(heads)


@needs(Feature.GATE)
@practice(
    "whoever reads the application's requests or logs could go on in the user's name",
    watches=(PROXY, OUTPOST),
    kills=("session-cookie-kept",),
)
@over_both_transports
async def test_outpost_cookie_stays_outside(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """The proxy keeps the session cookie from the origin, and passes the others on."""
    async with client.with_cookies("layout=wide").stream(transport):
        head = await origin.head()

    assert head.all("Cookie") == ["layout=wide"]
