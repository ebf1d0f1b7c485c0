import asyncio
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from proxyproof.origin.gate.lease import SESSION_ENDED
from tests.page.ground import AXE, Visit, visiting

FAST = 34  # milliseconds a frame: half of what a screen of 60 Hz can show
EVENTS = 10_000
BATCH, PACE = 20, 0.01  # events, seconds: 2000 events a second, 33 a frame
MEASURE = """() => {
  window.measured = { frames: [], shift: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.measured.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  let last = performance.now();
  const frame = (now) => {
    window.measured.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""
MEDIAN = """() => {
  const frames = window.measured.frames.slice(1).sort((one, other) => one - other);
  return { median: frames[frames.length >> 1], shift: window.measured.shift };
}"""
VIOLATIONS = """() => axe.run().then(({ violations }) =>
  violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(", ")}`))"""
SIGN_OUT = "/outpost.goauthentik.io/sign_out"
PHONE = {"width": 390, "height": 844}


async def test_an_event_is_shown_with_its_fields() -> None:
    async with visiting() as visit:
        loop = visit.origin.loops.create("run-1").id
        visit.origin.loops.act(loop, "log", {"text": "<b>hello</b>"})
        await visit.shows("<b>hello</b>")
        row = await visit.page.locator("#events li").first.inner_text()

    assert "loop.log" in row
    assert "run-1" in row


async def test_turning_to_a_loop_shows_that_loop_alone() -> None:
    async with visiting() as visit:
        loops = [visit.origin.loops.create(name).id for name in ("a", "b")]
        await visit.shows("loop.created")
        await visit.page.select_option("#loop", "b")
        await visit.live()
        await expect(visit.page.locator("#events li:visible")).to_have_count(0)
        for loop in loops:
            visit.origin.loops.act(loop, "log", {"text": f"of {loop}"})
        await visit.shows("of b")
        shown = await visit.page.locator("#events li:visible .detail").all_text_contents()

    assert shown == ["of b"]


async def test_a_loop_is_created_by_its_form_and_logs_until_it_is_told_to_stop() -> None:
    async with visiting() as visit:
        await visit.page.fill("#name", "mine")
        await visit.page.press("#name", "Enter")
        await visit.shows("loop.created")
        await visit.page.click("#keep")
        await visit.shows("line 2 of this page")
        await visit.page.click("#keep")
        pressed = await visit.page.get_attribute("#keep", "aria-pressed")

    assert visit.origin.loops.find("mine", None) is not None
    assert pressed == "false"


async def test_withdrawing_leads_to_the_event_stream_and_restoring_leads_back() -> None:
    async with visiting() as visit:
        loop = visit.origin.loops.create("run-1").id
        await visit.page.click("#withdraw")
        await visit.live("Event stream")
        visit.origin.loops.act(loop, "log", {"text": "over the fallback"})
        await visit.shows("over the fallback")
        await visit.page.click("#restore")
        await visit.live("WebSocket")
        types = await visit.types()

    assert types == ["loop.log", "loop.created"]


async def test_the_end_of_the_session_leads_to_the_login_and_back_to_the_same_view() -> None:
    async with visiting() as visit:
        visit.origin.loops.create("run-1")
        await visit.shows("loop.created")
        await visit.page.select_option("#loop", "run-1")
        await visit.live()
        async with visit.page.expect_navigation():
            visit.origin.streams.close(SESSION_ENDED, "session ended")
        await visit.live()
        shown = await visit.page.input_value("#loop")

    assert shown == "run-1"


async def test_a_page_that_came_without_a_login_leaves_the_next_one_to_its_user() -> None:
    async with visiting() as visit:
        async with visit.page.expect_navigation():
            visit.origin.streams.close(SESSION_ENDED, "session ended")
        await visit.live()
        visit.origin.streams.close(SESSION_ENDED, "session ended")
        await visit.reads("#status", "Your session ended")
        await visit.reads("#connect", "Log in")
        async with visit.page.expect_navigation():
            await visit.page.click("#connect")
        await visit.live()


async def test_logging_out_is_offered_to_who_is_logged_in_and_asks_the_outpost_for_it() -> None:
    async with visiting() as visit:
        await visit.reads("#user", "nobody is logged in")
        offered = await visit.page.is_visible("#logout")
    async with visiting(extra_http_headers={"X-authentik-username": "alice"}) as visit:
        await visit.reads("#user", "alice")
        async with visit.page.expect_request(lambda one: one.is_navigation_request()) as asked:
            await visit.page.click("#logout")
        path = urlsplit((await asked.value).url).path

    assert (offered, path) == (False, SIGN_OUT)


async def test_a_cut_is_survived_without_a_hole() -> None:
    async with visiting() as visit:
        loop = visit.origin.loops.create("run-1").id
        await visit.shows("loop.created")
        await visit.page.click("#cut")
        visit.origin.loops.act(loop, "start", {})
        await visit.reads("#reconnections", "1")
        await visit.shows("loop.started")
        types = await visit.types()

    assert types == ["loop.started", "loop.created"]


async def test_what_is_held_stands_still_and_catches_up() -> None:
    async with visiting() as visit:
        loop = visit.origin.loops.create("run-1").id
        await visit.shows("loop.created")
        await visit.page.click("#hold")
        visit.origin.loops.act(loop, "start", {})
        await visit.reads("#kept", "held; 1 more came")
        held = await visit.types()
        await visit.page.click("#hold")
        await visit.shows("loop.started")

    assert held == ["loop.created"]


async def test_ten_thousand_events_neither_slow_the_page_nor_move_anything() -> None:
    async with visiting() as visit:
        await visit.page.evaluate(MEASURE)
        loop = visit.origin.loops.create("run-1").id
        for number in range(1, EVENTS):
            visit.origin.loops.act(loop, "log", {"text": f"line {number}"})
            if number % BATCH == 0:
                await asyncio.sleep(PACE)
        await visit.reads("#count", f"{EVENTS:,}")
        measured = await visit.page.evaluate(MEDIAN)
        await expect(visit.page.locator("#events li")).to_have_count(200)

    assert measured["median"] < FAST, measured
    assert measured["shift"] == 0


async def test_the_keyboard_reaches_each_control_and_the_focus_is_seen() -> None:
    async with visiting(extra_http_headers={"X-authentik-username": "alice"}) as visit:
        reached = [await _next_control(visit) for _ in range(14)]

    assert [name for name, _ in reached] == [
        *("logout", "connect", "loop", "wanted", "name", "submit", "once", "keep"),
        *("cut", "withdraw", "restore", "hold", "clear", "list"),
    ]
    assert [name for name, outline in reached if outline == "none"] == []


async def _next_control(visit: Visit) -> tuple[str, str]:
    await visit.page.keyboard.press("Tab")
    name, outline = await visit.page.evaluate(
        """() => {
          const { id, type, className } = document.activeElement;
          return [id || type || className, getComputedStyle(document.activeElement).outlineStyle];
        }"""
    )
    return name, outline


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, PHONE], ids=("desk", "phone"))
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
async def test_axe_finds_no_violation(color_scheme: str, viewport: dict[str, Any]) -> None:
    assert AXE.is_file(), "axe-core is not installed: npm ci"
    async with visiting(color_scheme=color_scheme, viewport=viewport) as visit:
        loop = visit.origin.loops.create("run-1").id
        for act in ("start", "error", "log", "complete"):
            visit.origin.loops.act(loop, act, {})
        await visit.shows("loop.completed")
        await visit.page.evaluate(AXE.read_text(encoding="utf-8"))
        violations = await visit.page.evaluate(VIOLATIONS)

    assert violations == []


@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_nothing_is_wider_than_the_screen(width: int) -> None:
    async with visiting(viewport={"width": width, "height": 800}) as visit:
        visit.origin.loops.create("x" * 200)
        await visit.shows("loop.created")
        wide = await visit.page.evaluate("() => document.documentElement.scrollWidth")

    assert wide <= width


async def test_a_screen_reader_hears_of_turns_and_of_no_event() -> None:
    async with visiting() as visit:
        await visit.reads("#said", "Live: WebSocket.")
        visit.origin.loops.create("run-1")
        await visit.shows("loop.created")
        said = await visit.page.text_content("#said")
        live = await visit.page.locator(
            "[aria-live], [role=status], [role=log], [role=alert]"
        ).count()

    assert (said, live) == ("Live: WebSocket.", 1)
