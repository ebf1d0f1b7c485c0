"""Arrival: an event is there while the stream is open, not when it ends or a buffer is full.

Nobody measures a time here: the second event does not exist before the first one has arrived.
"""

from fixtures.client import Client
from fixtures.origin import OriginActor
from suites.expect import expect_same_events
from suites.requirement import PROXY, over_both_transports, over_both_versions, practice

ONE_BY_ONE = ["the first", "the second", "the third"]
BUFFERS = ("buffers-all", "buffering-middleware", "buffer-filter", "flushpackets-off")


@practice(
    "a live view that is told everything at the end is not live",
    watches=PROXY,
    kills=("buffering-on", *BUFFERS),
    field=("BUF-01", "BUF-02", "BUF-07", "BUF-10", "BUF-11"),
)
@over_both_transports
@over_both_versions
async def test_event_arrives_while_the_stream_is_open(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """The client has an event before there is a next one, without any help of the origin's."""
    origin.script.hint = False
    loop = await origin.loop()
    async with client.stream(transport, loop=loop) as stream:
        await origin.opened()
        published = await origin.publish_to(stream, ONE_BY_ONE, loop)

    expect_same_events(stream.seen, published)


@practice(
    "an origin can ask not to be buffered, and relies on being heard",
    watches=PROXY,
    kills=BUFFERS,
    field=("BUF-01", "BUF-03"),
)
async def test_event_arrives_while_the_origin_asks_not_to_buffer(
    client: Client, origin: OriginActor
) -> None:
    """The client has an event before there is a next one, where the origin sends its own help."""
    loop = await origin.loop()
    async with client.stream("sse", loop=loop) as stream:
        await origin.opened()
        published = await origin.publish_to(stream, ONE_BY_ONE, loop)

    expect_same_events(stream.seen, published)
