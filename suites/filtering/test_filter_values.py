"""The value of the filter: what it may hold, how it travels, and when it is refused."""

import pytest

from fixtures.client import Client
from fixtures.origin import OriginActor
from suites.expect import expect_refused, expect_same_events, of_loops
from suites.requirement import ORIGIN, PROXY, over_both_transports, practice

QUERY, PATH = "/api/ws?loopId={}-", "/api/loops/{}-"

# Each value as a client may spell it in the query of a WebSocket and in the path of a stream.
SPELLINGS = {
    "space": ("a b", "a%20b", "a%20b"),
    "space-as-plus": ("a b", "a+b", "a%20b"),
    "plus": ("a+b", "a%2Bb", "a+b"),
    "slash": ("a/b", "a/b", "a%2Fb"),
    "dots": ("a/../b", "a/../b", "a%2F..%2Fb"),
    "semicolon": ("a;b", "a;b", "a;b"),
    "percent": ("a%2Fb", "a%252Fb", "a%252Fb"),
    "utf-8": ("a-ü-世", "a-%C3%BC-%E4%B8%96", "a-%C3%BC-%E4%B8%96"),
}


@practice(
    "an empty field of a form must not turn a page about one loop into one about all",
    watches=ORIGIN,
    kills=("widens-empty-filter",),
)
@over_both_transports
async def test_empty_filter_does_not_widen(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """A stream request with an empty filter is refused, and told why; with a loop it is given."""
    loop = await origin.loop()
    async with client.stream_at(transport, f"{client.path(transport)}?loopId={loop}"):
        refusal = await client.refused(transport, f"{client.path(transport)}?loopId=")

    expect_refused(refusal, 400, "empty-filter")


@practice(
    "a link to a loop that was deleted has to say so, not to wait for ever",
    watches=(PROXY, ORIGIN),
    kills=("error-as-200",),
    field=("ERR-03",),
)
@over_both_transports
async def test_unknown_loop_is_refused_clearly(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """A stream of a loop that does not exist is refused with 404 and its problem details."""
    known = await origin.loop("known")
    async with client.stream(transport, loop=known):
        refusal = await client.refused(transport, client.path(transport, f"{origin.token}-unknown"))

    expect_refused(refusal, 404, "unknown-loop")


@practice(
    "people name their loops, and names hold whatever a keyboard has",
    watches=(PROXY, ORIGIN),
    kills=("semicolons-rewritten", "path-normalised"),
    field=("HDR-06",),
)
@over_both_transports
@pytest.mark.parametrize("value", SPELLINGS)
async def test_filter_value_survives_encoding(
    client: Client, origin: OriginActor, transport: str, value: str
) -> None:
    """The origin reads the loop id that the client meant, whatever characters it is made of."""
    name, query, path = SPELLINGS[value]
    loop, other = await origin.loop(name), await origin.loop("another")
    target = {"websocket": QUERY + query, "sse": PATH + path + "/events"}[transport]
    async with client.stream_at(transport, target.format(origin.token)) as stream:
        await origin.opened()
        await origin.publish(other)  # what arrives where the filter was lost on the way
        published = await origin.publish(loop)
        received = await stream.events_until(str(published.id))

    expect_same_events(received, [published])


@practice(
    "ids that begin alike are the rule: people number their loops",
    watches=ORIGIN,
    kills=("prefix-filter",),
)
@over_both_transports
async def test_similar_ids_do_not_match(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """A filter matches the whole id: neither a longer one, nor one in another case."""
    asked, longer, capital = [await origin.loop(name) for name in ("a", "a1", "A")]
    async with client.stream(transport, loop=asked) as stream:
        await origin.opened()
        published = await origin.publish_many(9, longer, capital, asked)
        received = await stream.events_until(str(published[-1].id))

    expect_same_events(received, of_loops(published, asked))
