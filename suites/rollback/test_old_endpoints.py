"""The event streams from before the migration: they go on working, and tell of their end."""

from fixtures.client import Client
from fixtures.origin import OriginActor
from fixtures.trouble import Trouble
from suites.expect import expect_same_events
from suites.requirement import ORIGIN, PROXY, practice

KEPT = "clients are updated when their users like it, not when the server is"


@practice(KEPT, watches=(ORIGIN, PROXY), kills=("sse-removed",))
async def test_legacy_client_keeps_working(client: Client, origin: OriginActor) -> None:
    """A plain event stream on the old endpoints, of all loops or of one, brings the events."""
    loop = await origin.loop()
    async with client.events() as everything, client.events(client.path("sse", loop)) as one_loop:
        await origin.opened(2)
        published = await origin.publish_many(3, loop)

        expect_same_events(await one_loop.events(3), published)
        expect_same_events(await everything.events(3), published)


@practice(KEPT, watches=(ORIGIN, PROXY), kills=("sse-removed",))
async def test_old_endpoints_announce_their_end(client: Client, origin: OriginActor) -> None:
    """An event stream says since when it is deprecated, when it ends, and what follows it."""
    loop = await origin.loop()
    async with client.stream("sse", loop=loop) as stream:
        announced = stream.fields

    assert announced["Deprecation"].startswith("@")  # RFC 9745
    assert announced["Sunset"].endswith("GMT")  # RFC 8594
    assert announced["Link"] == '</api/ws>; rel="successor-version"'  # RFC 5829


@practice(
    "an answer that looks like success keeps old clients trying for ever",
    watches=(ORIGIN, PROXY),
    kills=("sse-removed", "error-as-200"),
    field=("ERR-03", "SSE-01"),
)
async def test_withdrawn_endpoints_point_to_their_successor(
    client: Client, origin: OriginActor, trouble: Trouble
) -> None:
    """An event stream that is withdrawn is gone (410), and the answer names its successor."""
    path = client.path("sse", await origin.loop())
    async with client.events(path):
        await origin.opened()
    async with trouble.withdrawn("sse"):
        refusal = await client.refused("sse", path)

    assert refusal.status == 410
    assert refusal.fields["Link"] == '</api/ws>; rel="successor-version"'
    assert refusal.fields["Content-Type"].startswith("application/problem+json")
