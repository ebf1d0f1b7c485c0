"""What opens a session, or belongs to one user, is seen by nobody else."""

from fixtures.actors import Users
from fixtures.browser import browser
from fixtures.deployment import Deployment
from fixtures.origin import OriginActor
from fixtures.places import leaks, places
from proxy.model import Feature
from suites.expect import expect_same_events
from suites.requirement import ORIGIN, OUTPOST, PROXY, needs, over_both_transports, practice


@needs(Feature.GATE)
@practice(
    "an id is no secret: whoever sends it must not be told what was said to somebody else",
    watches=ORIGIN,
    kills=("leaks-audience",),
    field=("SEC-09",),
)
@over_both_transports
async def test_replay_needs_the_same_session(
    users: Users, origin: OriginActor, transport: str
) -> None:
    """The origin replays to each user what that user may see, whoever's id is named."""
    alice, bob = await users.client("alice"), await users.client("bob")
    first = await origin.loop("first")
    private = await origin.loop("private", private_to="bob")
    [start, secret] = [await origin.publish(first), await origin.publish(private)]
    marker = await origin.publish(first)
    async with bob.stream(transport, after=str(start.id)) as his:
        expect_same_events(origin.own(await his.events_until(str(marker.id))), [secret, marker])
    async with alice.stream(transport, after=str(start.id)) as hers:
        expect_same_events(origin.own(await hers.events_until(str(marker.id))), [marker])


@needs(Feature.GATE)
@practice(
    "logs, histories and reports are read by more people than may log in for a user",
    watches=(PROXY, OUTPOST),
    kills=("token-in-url", "logs-cookie"),
    field=("SEC-11",),
)
async def test_no_secret_in_urls_logs_or_reports(
    users: Users, origin: OriginActor, deployment: Deployment
) -> None:
    """The gate and the proxy write neither session nor token into a URL, a log or the evidence."""
    async with browser(users.stranger) as page:
        await page.log_in()
        await page.visit(users.stranger.target("/api/whoami"))
        await page.visit(users.stranger.target("/api/whoami"))
        head = await origin.head()
    secrets = [*page.session, *head.all("X-authentik-jwt")]
    seen = await places(page, deployment, origin)

    assert head.all("X-authentik-username") == ["alice"]
    assert leaks(secrets, seen) == {}
