"""The browser's own WebSocket and EventSource, in a page that came through the same proxy."""

from fixtures.origin import OriginActor
from fixtures.tabs.actors import Window
from proxy.model import Feature
from suites.expect import expect_same_events
from suites.requirement import OUTPOST, PROXY, needs, over_both_transports, practice


@needs(Feature.GATE)
@practice(
    "a person opens the page, is asked who they are, and sees their events: all else is for that",
    watches=(PROXY, OUTPOST),
    kills=("cookie-path-narrow", "strips-upgrade"),
)
async def test_page_logs_in_and_streams(window: Window, origin: OriginActor) -> None:
    """A browser is led to the login and back to the page it wanted, and both streams work there."""
    loop = await origin.loop()
    tab = await window.tab()
    await tab.goes_to("/api/lab/page?from=a&to=b")
    await tab.logs_in("alice")
    streams = [await tab.opens("websocket", loop), await tab.opens("sse", loop)]
    event = await origin.publish(loop)

    assert tab.url == tab.address("/api/lab/page?from=a&to=b")
    expect_same_events(await streams[0].events_until(event.id), [event])
    expect_same_events(await streams[1].events_until(event.id), [event])


@practice(
    "an application's own page has no other means: what these two do not bring, no user sees",
    watches=PROXY,
    kills=("upgrade-not-configured", "rewrites-content-type", "buffering-middleware"),
)
@over_both_transports
async def test_native_stream_brings_each_event(
    window: Window, origin: OriginActor, transport: str
) -> None:
    """A page's own stream has each event while it is open, before the next one happens."""
    loop = await origin.loop()
    tab = await window.tab_at_home()
    stream = await tab.opens(transport, loop)
    published = await origin.publish_to(stream, ["a", "b", "c"], loop)

    expect_same_events(stream.arrived, published)
