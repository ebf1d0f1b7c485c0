"""Who has no session is told so in a way that a stream client understands; who has one is known.

EventSource follows a redirect to a page that it cannot read, and a WebSocket only fails (WHATWG
HTML 9.2.3, WebSockets 3.1): neither shows a login.
"""

import pytest

from fixtures.actors import OutpostActor, Users
from fixtures.asking import answers_to
from fixtures.browser import browser
from fixtures.origin import OriginActor
from fixtures.session_end import SessionLife
from fixtures.variants import BROWSERS, anonymous_refusals
from fixtures.vocabulary import TransportName
from proxy.model import Feature
from suites.admission import expect_let_in, expect_refused_clearly
from suites.questions import expect_bare_questions, expect_one_identity
from suites.requirement import (
    CLIENT,
    ORIGIN,
    OUTPOST,
    PROXY,
    needs,
    over_both_transports,
    practice,
)

ROLES = ["staff", "admins"]
QUERIES = {"plain": "view=wide&since=e1-2", "encoded": "view=a%20b&since=e1-2%2B3"}


@needs(Feature.GATE)
@practice(
    "a client that cannot tell a logout from an outage tries again for ever and asks for no login",
    watches=(PROXY, OUTPOST),
    kills=("login-redirect-for-streams", "fails-open", "auth-not-applied"),
    field=("AUT-04", "AUT-05", "AUT-06", "AUT-07"),
)
@over_both_transports
async def test_anonymous_stream_is_refused_clearly(users: Users, transport: str) -> None:
    """The gate tells a stream client that a login is due, whichever fields its browser sends."""
    refusals = await anonymous_refusals(users.stranger, transport, BROWSERS)

    expect_refused_clearly(refusals, users.stranger.way.login)


@needs(Feature.GATE)
@practice(
    "a tab that was logged out asks every second all night, and its user sees stale data",
    watches=(CLIENT, PROXY),
    kills=("loops-on-401",),
    field=("REV-04",),
)
@over_both_transports
async def test_unauthorized_client_stops(users: Users, transport: TransportName) -> None:
    """A client that is refused for want of a session says that a login is due, and asks no more."""
    nobody = (await users.client("alice")).anonymous()
    async with nobody.follow(transport) as stream:
        await stream.reaches("unauthorized")

        assert stream.connections == 1


@needs(Feature.OUTPOST)
@practice(
    "a stream that is ended for its session, and comes back at once, is a loop without a login",
    watches=(CLIENT, ORIGIN),
    kills=("loops-on-401", "ignores-lease"),
    field=("REV-04",),
)
@over_both_transports
async def test_ended_session_stops_the_client(
    users: Users, life: SessionLife, origin: OriginActor, transport: TransportName
) -> None:
    """A client whose session has ended under its stream says that a login is due, and stops."""
    client = await users.fresh_client()
    life.begin_lease()
    async with client.follow(transport) as stream:
        await origin.opened()
        await stream.reaches("open")
        await life.revoke(client)
        await stream.reaches("unauthorized")

        assert stream.connections <= 2  # an event stream ends without a code: it asks once more


@needs(Feature.GATE)
@practice(
    "who lands on the front page after the login has lost the view that he had",
    watches=(PROXY, OUTPOST),
    kills=("query-dropped", "login-at-inner-address"),
    field=("HDR-05",),
)
@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
async def test_login_leads_back_to_the_stream(
    users: Users, origin: OriginActor, query: str
) -> None:
    """The gate leads back to the path and the query that were asked for before the login."""
    way = users.stranger.way
    target = users.stranger.target(f"/api/whoami?{query}")
    async with browser(users.stranger) as page:
        back = await page.logs_in_from(target)
        assert back == f"{way.url}{target}"
        status = await page.visit(back.removeprefix(way.url))
    head = await origin.head("/api/whoami")

    assert (status, head.target) == (200, target)


@needs(Feature.SEPARATE_GATE)
@practice(
    "a question with an upgrade or a length is one that the gate waits to hear the rest of",
    watches=PROXY,
    kills=("forward-auth-keeps-upgrade", "auth-subrequest-body"),
    field=("AUT-01", "AUT-02", "AUT-03"),
)
async def test_auth_request_has_no_upgrade_and_no_body(users: Users, outpost: OutpostActor) -> None:
    """The proxy asks the gate about an upgrade and about a POST without upgrade and body."""
    client = await users.client("alice")
    async with client.stream("websocket") as stream:
        opened = stream.status
    posted = await client.request("POST", "/api/loops", json={"id": f"{client.token}-posted"})
    questions = await outpost.requests()

    assert (opened, posted.status_code) == (101, 201)
    expect_bare_questions(questions, 2)


@needs(Feature.GATE)
@practice(
    "a stream as nobody, or as a user without groups, shows less than the page that opened it",
    watches=(PROXY, OUTPOST),
    kills=("identity-missing-on-ws",),
    field=("HDR-08",),
)
async def test_identity_arrives_on_upgrade_and_stream(
    users: Users, origin: OriginActor, token: str
) -> None:
    """The proxy tells the origin who is there, the same in each way to ask."""
    client = await users.client_with(f"member-{token}", groups=ROLES)

    expect_let_in(await answers_to(client))
    heads = await origin.heads()
    expect_one_identity(heads)
    assert heads[0].all("X-authentik-username") == [f"member-{token}"]
    assert heads[0].all("X-authentik-groups") == ["|".join(ROLES)]
