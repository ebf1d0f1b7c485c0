"""The end of a session ends its streams: logout, expiry, revocation, and a role that is taken away.

A forward-auth gate is asked once, when the stream begins, and has no hook afterwards. The origin's
lease asks again; without it the report tells how long a dead session still listens.
"""

from fixtures.actors import Users
from fixtures.asking import answers_to
from fixtures.origin import OriginActor
from fixtures.session_end import SessionLife
from proxy.model import Feature
from suites.admission import expect_kept_out
from suites.leases import expect_ended, expect_nothing_more
from suites.requirement import ORIGIN, OUTPOST, PROXY, needs, practice

LATER = 1.0  # seconds after which the report says whether a dead session still listens


@needs(Feature.OUTPOST)
@practice(
    "who has logged out in one tab expects that nobody goes on reading in another",
    watches=(ORIGIN, OUTPOST, PROXY),
    kills=("ignores-lease",),
    field=("REV-02",),
)
async def test_logout_ends_the_stream(users: Users, life: SessionLife) -> None:
    """The origin ends the streams of a session that was logged out of, idle or busy."""
    client = await users.fresh_client()
    fates = await life.fates(client, life.log_out(client))

    expect_ended(fates)
    expect_kept_out(await answers_to(client))


@needs(Feature.OUTPOST)
@practice(
    "a session of eight hours is a promise to an auditor, and a stream may live for days",
    watches=(ORIGIN, OUTPOST, PROXY),
    kills=("ignores-lease", "accepts-expired"),
    field=("REV-01",),
)
async def test_expiry_ends_the_stream(users: Users, life: SessionLife) -> None:
    """The origin ends the streams of a session whose time is over, idle or busy."""
    client = await users.fresh_client()
    fates = await life.fates(client, life.expire(client))

    expect_ended(fates)
    expect_kept_out(await answers_to(client))


@needs(Feature.OUTPOST)
@practice(
    "an account is closed because somebody must not read on, not from the next reload on",
    watches=(ORIGIN, OUTPOST, PROXY),
    kills=("ignores-lease",),
    field=("REV-03",),
)
async def test_revocation_ends_the_stream(users: Users, life: SessionLife) -> None:
    """The origin ends the streams of a session that an administrator has ended, idle or busy."""
    client = await users.fresh_client()
    async with life.watched(client) as watched:
        fates = await watched.after(life.revoke(client))
        await watched.listens_for(LATER)

    expect_ended(fates)
    expect_kept_out(await answers_to(client))


@needs(Feature.OUTPOST)
@practice(
    "a gate tells the roles as they were at the login: to take one away is to end the session",
    watches=(ORIGIN, OUTPOST, PROXY),
    kills=("ignores-lease",),
    field=("REV-03",),
)
async def test_lost_role_ends_the_stream(
    users: Users, life: SessionLife, origin: OriginActor, token: str
) -> None:
    """The origin ends the streams of a user who loses a role; the next session is without it."""
    client = await users.client_with(f"member-{token}", groups=["staff", "admins"])
    fates = await life.fates(client, life.lose_role(client, groups=["staff"]))
    await answers_to(await users.client(client.user))
    head = await origin.head("/api/whoami")

    expect_ended(fates)
    assert head.all("X-authentik-groups") == ["staff"]


@needs(Feature.OUTPOST)
@practice(
    "one more event after the end is the one that somebody was not to see",
    watches=(ORIGIN, OUTPOST, PROXY),
    kills=("ignores-lease",),
    field=("REV-01", "REV-02", "REV-03"),
)
async def test_no_event_after_the_end(
    users: Users, life: SessionLife, origin: OriginActor, token: str
) -> None:
    """The origin sends nothing to streams whose session has ended, and hears nothing from them."""
    client, witness = await users.fresh_client(), await users.client("alice")
    loop = await origin.loop()
    async with witness.stream("websocket") as other, life.watched(client) as watched:
        await watched.after(life.revoke(client))
        marker = await origin.publish(loop)
        await other.events_until(str(marker.id))
        sent = await origin.ledger(lambda case: list(case.sent))
        closed = await origin.ledger(lambda case: list(case.closed))

        await expect_nothing_more(watched.bound, sent, closed)
