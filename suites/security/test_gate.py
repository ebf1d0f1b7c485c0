"""The gate stands before everything: no field, no path and no error leads past it.

A refusal counts beside the same request that is let in, with the session as the one difference.
"""

import pytest

from fixtures.actors import Users
from fixtures.asking import WAYS, answer_to, answers_to, statuses_of
from fixtures.browser import browser
from fixtures.client import Client
from fixtures.forgery import PUBLIC, ROUTES, UPGRADES
from fixtures.malformed import BROKEN, broken
from fixtures.origin import OriginActor
from fixtures.vocabulary import DECLARED
from proxy.model import Feature
from suites.admission import (
    REFUSALS,
    expect_all_refused,
    expect_kept_out,
    expect_let_in,
)
from suites.requirement import OUTPOST, PROXY, needs, practice

in_each_way = pytest.mark.parametrize("way", WAYS)


@needs(Feature.GATE)
@practice(
    "a field that anybody can send is no credential: with it each page is open to each visitor",
    watches=(PROXY, OUTPOST),
    kills=("upgrade-bypasses-auth", "auth-skips-upgrade", "auth-not-applied", "fails-open"),
    field=("AUT-09",),
)
@pytest.mark.parametrize("path", ["/api/whoami", "/api/events", "/api/ws"])
async def test_upgrade_field_is_no_pass(client: Client, origin: OriginActor, path: str) -> None:
    """The gate refuses who has no session, with an Upgrade field in any spelling as without."""
    nobody = client.anonymous()
    spelled = {name: nobody.sending(*fields) for name, fields in UPGRADES.items()}

    answers = await statuses_of("get", path, spelled)
    answers["a handshake"] = (await answer_to(nobody, "websocket", path)).status
    expect_let_in(await answers_to(client))

    expect_all_refused(answers, also=(400,))  # no handshake: it may be called malformed as well
    assert len(await origin.heads()) == 3


@needs(Feature.GATE)
@practice(
    "one path that was forgotten is enough: it is the one that is found",
    watches=(PROXY, OUTPOST),
    kills=("auth-not-applied", "fails-open", "auth-skips-upgrade"),
    field=("AUT-10",),
)
@in_each_way
async def test_every_declared_path_is_gated(client: Client, origin: OriginActor, way: str) -> None:
    """The gate refuses who has no session at every path of the application, in each way to ask."""
    loop = await origin.loop()
    nobody = {path.format(id=loop): client.anonymous() for path in DECLARED}

    answers = await statuses_of(way, None, nobody)
    let_in = await answers_to(client)

    expect_all_refused(answers)
    expect_let_in(let_in)
    assert len(await origin.heads()) == len(let_in)


@needs(Feature.OUTPOST)
@practice(
    "a gate that is told the path by the client judges another path than the one that is opened",
    watches=(PROXY, OUTPOST),
    kills=("trusts-forwarded-uri",),
    field=("SEC-05",),
)
async def test_forwarded_uri_cannot_be_spoofed(client: Client, origin: OriginActor) -> None:
    """The gate judges the path that is asked for, whatever the client says that it asks for."""
    public = await answer_to(client.anonymous(), "get", f"{PUBLIC}page")
    spoofed = await answers_to(client.anonymous().sending(*ROUTES))
    let_in = await answers_to(client.sending(*ROUTES))

    assert public.status == 404  # the origin's: everybody may pass there
    expect_kept_out(spoofed)
    expect_let_in(let_in)
    assert len(await origin.heads()) == 1 + len(let_in)


@needs(Feature.GATE)
@practice(
    "an error on the way to a decision is none: it was answered 200 once, and everybody passed",
    watches=(PROXY, OUTPOST),
    kills=("fails-open", "malformed-cookie-passes"),
    field=("AUT-10",),
)
@pytest.mark.parametrize("kind", BROKEN)
async def test_errors_never_open_the_gate(client: Client, origin: OriginActor, kind: str) -> None:
    """The gate lets nobody in whose cookie, credentials or fields are malformed."""
    spoilt = broken(client, kind)
    pages = await statuses_of("get", "/api/whoami", spoilt)
    streams = await statuses_of("websocket", "/api/ws", spoilt)
    expect_let_in(await answers_to(client))

    expect_all_refused(pages, also=(400, 431))
    expect_all_refused(streams, also=(400, 431))
    assert len(await origin.heads()) == 3


@needs(Feature.GATE)
@practice(
    "who is led to another's login page works on in another's name: what he types is theirs",
    watches=OUTPOST,
    kills=("state-not-checked",),
    field=("AUT-10",),
)
async def test_state_of_a_login_is_checked(users: Users) -> None:
    """The gate gives no session to a browser that comes back from a login that it did not begin."""
    async with browser(users.stranger) as page:
        answers = await page.come_back_with(["", "x", "e30.e30.e30", "%00", "a" * 4000])
        refused = await page.visit("/api/whoami")
    own = await users.fresh_client()

    expect_all_refused(answers, also=(303, 307, 400))
    assert (refused in REFUSALS, (await own.get("/api/whoami")).status_code) == (True, 200)
