"""The browser's own WebSocket and EventSource, in a page that came through the same proxy."""

from fixtures.origin import OriginActor
from fixtures.tabs.window import Window
from fixtures.trouble import Trouble
from proxy.model import Feature
from suites.expect import expect_cookie, expect_same_events
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


@practice(
    "an application knows its user by its own cookie, and a WebSocket has no other credential",
    watches=PROXY,
    kills=("strips-cookie", "cookie-not-forwarded"),
    field=("COO-07",),
)
async def test_cookies_ride_on_the_upgrade(window: Window, origin: OriginActor) -> None:
    """The cookie that a page was given goes along with its WebSocket and its event stream."""
    tab = await window.tab_at_home()
    # Read back: a Chromium sets it by and by, and a handshake can overtake it.
    await tab.run("() => { document.cookie = 'sidebar=dark%20blue; path=/'; document.cookie; }")
    await tab.opens("websocket")
    await tab.opens("sse")
    heads = [await origin.head("/api/ws"), await origin.head("/api/events")]

    expect_cookie(heads, "sidebar=dark%20blue")


@practice(
    "a page's EventSource comes back by itself, and says in one field only what it has seen",
    watches=PROXY,
    kills=("drops-last-event-id",),
    field=("SSE-04",),
)
async def test_native_eventsource_resumes(
    window: Window, origin: OriginActor, trouble: Trouble
) -> None:
    """A page's EventSource whose connection is cut has what it missed as soon as it is back."""
    loop = await origin.loop()
    tab = await window.tab_at_home()
    stream = await tab.opens("sse", loop)
    before = await origin.publish(loop)
    await stream.events_until(before.id)
    missed = await trouble.cut_and_publish(loop)

    expect_same_events(await stream.events_until(missed.id), [before, missed])


@practice(
    "an installable application has a service worker, and each of its requests goes through it",
    watches=PROXY,
    kills=("rewrites-content-type", "buffering-middleware"),
)
async def test_stream_passes_a_service_worker(window: Window, origin: OriginActor) -> None:
    """A page behind a service worker has each event while its stream is open, as without one."""
    loop = await origin.loop()
    tab = await window.tab_at_home()
    await tab.gets_behind_worker()
    stream = await tab.opens("sse", loop)
    published = await origin.publish_to(stream, ["a", "b", "c"], loop)

    expect_same_events(stream.arrived, published)
