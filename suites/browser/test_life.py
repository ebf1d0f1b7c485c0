"""What happens to a page in the course of a day: its session ends, and there are many of it."""

from fixtures.actors import OutpostActor
from fixtures.origin import OriginActor
from fixtures.tabs.tab import PAGE
from fixtures.tabs.window import Window
from fixtures.trouble import Trouble
from proxy.model import Feature
from suites.expect import expect_one_story, expect_same_events
from suites.requirement import CLIENT, OUTPOST, PROXY, needs, practice


@needs(Feature.OUTPOST)
@practice(
    "sessions end over night; in the morning a person logs in and goes on where they were",
    watches=(OUTPOST, PROXY, CLIENT),
    kills=("accepts-expired", "js-ignores-unauthorized"),
    field=("AUT-11", "REV-04"),
)
async def test_expired_session_leads_to_login(
    window: Window, origin: OriginActor, outpost: OutpostActor, trouble: Trouble, token: str
) -> None:
    """A page whose session is over learns that it must log in, does so, and is where it was."""
    loop = await origin.loop()
    tab = await window.tab_logged_in(f"user-{token}")
    place, hook = tab.url, await tab.follows(loop)
    await outpost.expire(f"user-{token}")
    await trouble.abort_streams()
    await hook.reaches("unauthorized")
    await tab.goes_to()
    await tab.logs_in(f"user-{token}")
    hook = await tab.follows(loop)
    event = await origin.publish(loop)

    assert tab.url == place
    expect_same_events(await hook.events_until(event.id), [event])


@needs(Feature.OUTPOST)
@practice(
    "whoever logs out at a shared computer must leave nothing behind that still brings events",
    watches=(OUTPOST, PROXY, CLIENT),
    kills=("js-ignores-unauthorized",),
    field=("REV-04",),
)
async def test_logging_out_on_the_page_ends_the_session(
    window: Window, origin: OriginActor, trouble: Trouble, token: str
) -> None:
    """A log-out leads away and ends the page's stream; no tab has another one without a login."""
    beside = await (await window.tab_logged_in(f"user-{token}")).follows()
    page = await window.tab()
    await page.goes_to_page()
    await page.lives_over("WebSocket")
    await page.logs_out()
    await origin.closed()
    await trouble.abort_streams()
    await beside.reaches("unauthorized")
    await page.goes_to(PAGE)
    led_to = page.url
    await page.logs_in(f"user-{token}")

    assert page.url == page.address(PAGE) != led_to


@needs(Feature.H2_DOWNSTREAM)
@practice(
    "over HTTP/1.1 a browser has six connections to a host, and the seventh tab stays blank",
    watches=PROXY,
    kills=("one-stream-per-connection",),
    field=("SSE-10",),
)
async def test_seven_tabs_stream_at_once(window: Window, origin: OriginActor) -> None:
    """Over HTTP/2 seven tabs have an event stream each, and what they ask for is answered."""
    loop = await origin.loop()
    streams = await window.open_in_tabs(7, "sse", loop)
    event = await origin.publish(loop)
    stories = [await stream.events_until(event.id) for stream in streams]
    answer = await streams[-1].tab.read("/api/health")

    expect_one_story(stories, [event])
    assert '"status": "ok"' in answer
