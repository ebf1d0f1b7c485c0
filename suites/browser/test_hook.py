"""The JavaScript client in a page: what it goes through, no component and no user notices."""

from fixtures.actors import ProxyActor
from fixtures.deadlines import Deadlines
from fixtures.origin import OriginActor
from fixtures.tabs.tab import Hook, pace
from fixtures.tabs.window import Window
from fixtures.trouble import Trouble
from fixtures.vocabulary import Event
from proxy.model import Feature
from suites.expect import (
    expect_backoff,
    expect_one_story,
    expect_same_content,
    expect_same_events,
)
from suites.requirement import CLIENT, PROXY, must, needs, practice

A_WHILE = 1e6  # seconds, below which chance draws: no case lasts until then
HALF = 0.5  # what chance gives, where its waits are looked at


async def followed(
    window: Window, origin: OriginActor, **options: object
) -> tuple[str, Hook, Event]:
    """A loop, a page that follows it, and the first event, which is there."""
    loop = await origin.loop()
    hook = await (await window.tab_at_home()).follows(loop, **options)
    before = await origin.publish(loop)
    await hook.events_until(before.id)
    return loop, hook, before


@practice(
    "connections are cut many times a day, and a user must not have to reload the page",
    watches=(CLIENT, PROXY),
    kills=(
        "js-forgets-last-id",
        "js-never-reconnects",
        "js-duplicates-on-resume",
        "js-skips-on-resume",
        "js-forgets-filter",
        "js-double-connection",
    ),
    field=("REC-01", "REC-02", "REC-07"),
)
async def test_hook_reconnects_and_resumes(
    window: Window, origin: OriginActor, trouble: Trouble
) -> None:
    """A page whose connection is cut receives every event of its loop once, and no other."""
    loop, other = await origin.loop("a"), await origin.loop("b")
    hook = await (await window.tab_at_home()).follows(loop)
    await hook.reaches("open", "websocket")
    before = await origin.publish(loop)
    await hook.events_until(before.id)
    missed = await trouble.cut_and_publish(loop)
    await origin.opened(2)
    await origin.publish(other)
    after = await origin.publish(loop)

    # A browser has one WebSocket to a host in its handshake (RFC 6455 4.1): behind this one nothing
    # waits that the client wanted earlier.
    await hook.tab.opens("websocket")

    expect_same_events(await hook.events_until(after.id), [before, missed, after])
    assert len(await origin.sockets()) == 3


@practice(
    "proxies are updated and crash; a page is open for days and lives through all of it",
    watches=(CLIENT, PROXY),
    kills=("js-never-reconnects", "js-forgets-last-id"),
    field=("RLD-05",),
)
@needs(Feature.GATEWAY)
async def test_hook_survives_a_proxy_restart(
    window: Window, origin: OriginActor, proxy: ProxyActor
) -> None:
    """A page whose proxy crashes and starts again misses and repeats nothing."""
    loop, hook, before = await followed(window, origin)
    async with proxy.killed():
        missed = await origin.publish(loop)

    expect_same_events(await hook.events_until(missed.id), [before, missed])


@practice(
    "people ride through tunnels and close their laptops",
    watches=CLIENT,
    kills=(
        "js-never-reconnects",
        "js-forgets-last-id",
        "js-deaf-to-the-page",
        "js-status-stuck-open",
    ),
    field=("TMO-11",),
)
async def test_offline_and_back(
    window: Window, origin: OriginActor, trouble: Trouble, deadlines: Deadlines
) -> None:
    """A page without a network says so, and has what it missed as soon as the network is back."""
    patient = {**pace(deadlines), "backoffBase": A_WHILE, "backoffCap": A_WHILE}
    loop, hook, before = await followed(window, origin, policy=patient)
    async with window.offline():
        await hook.reaches("waiting")
        missed = await trouble.cut_and_publish(loop)

    expect_same_events(await hook.events_until(missed.id), [before, missed])


@practice(
    "a connection that a middlebox has forgotten shows old data for hours",
    watches=CLIENT,
    kills=("js-no-watchdog", "js-forgets-last-id"),
    field=("TMO-11", "TMO-12"),
)
async def test_hook_notices_a_dead_connection(
    window: Window, origin: OriginActor, trouble: Trouble
) -> None:
    """A page whose connection is dead without an end notices, and has what it missed."""
    loop, hook, before = await followed(window, origin)
    await trouble.forget_streams()
    missed = await origin.publish(loop)

    expect_same_events(await hook.events_until(missed.id), [before, missed])


@practice(
    "during a deployment nobody is behind the proxy; a page that gives up then stays blank",
    watches=CLIENT,
    kills=("js-dies-on-5xx",),
    field=("ERR-01", "ERR-02"),
)
async def test_hook_outlasts_an_overload(
    window: Window, origin: OriginActor, trouble: Trouble
) -> None:
    """A page whose stream is refused for a while comes back, and has what it missed."""
    loop, hook, before = await followed(window, origin)
    origin.script.refuse = 503
    missed = await trouble.cut_and_publish(loop)
    await hook.reaches("waiting")
    await hook.reaches("connecting")
    await hook.reaches("waiting")
    origin.script.refuse = None

    expect_same_events(await hook.events_until(missed.id), [before, missed])


@practice(
    "pages are left open in thousands: an origin in trouble meets all of them when it is back",
    watches=CLIENT,
    kills=("js-no-backoff", "js-no-jitter"),
    field=("REC-05",),
)
async def test_hook_waits_grow_by_chance_to_a_cap(
    window: Window, origin: OriginActor, trouble: Trouble, deadlines: Deadlines
) -> None:
    """A page that is refused again and again waits longer and longer, up to a cap, by chance."""
    policy = {**pace(deadlines), "backoffBase": 1, "backoffCap": 8}
    hook = await (await window.tab_at_home()).follows(policy=policy, draw=HALF)
    origin.script.refuse = 503
    await trouble.abort_streams()
    waits = await hook.waits(6)

    expect_backoff(waits, cap=HALF * 8)
    assert waits[0] == HALF


@practice(
    "a server that takes each connection and drops it is in trouble too",
    watches=CLIENT,
    kills=("js-resets-too-early",),
    field=("REC-06",),
)
async def test_hook_waits_grow_while_connections_end_at_once(
    window: Window, origin: OriginActor, trouble: Trouble, deadlines: Deadlines
) -> None:
    """A page whose connections are opened and end at once waits longer and longer."""
    policy = {**pace(deadlines), "backoffBase": 1, "backoffCap": 8, "stableSeconds": A_WHILE}
    tab = await window.tab_at_home()
    hook = await tab.follows(transport="websocket", policy=policy, draw=HALF)
    origin.script.close_at_once = 1011
    await trouble.abort_streams()

    expect_backoff(await hook.waits(4), cap=HALF * 8)


@practice(
    "a browser freezes the tabs that nobody looks at: no timer runs there, and nothing is received",
    watches=CLIENT,
    kills=("js-never-reconnects", "js-forgets-last-id"),
    field=("TMO-11",),
)
async def test_tab_asleep_and_back(window: Window, origin: OriginActor, trouble: Trouble) -> None:
    """A page that was frozen while its connection was cut has what it missed when it wakes up."""
    loop, hook, before = await followed(window, origin)
    async with window.asleep():
        missed = await trouble.cut_and_publish(loop)

    expect_same_events(await hook.events_until(missed.id), [before, missed])


@practice(
    "the way back from WebSocket must need no new page, and end when its reason ends",
    watches=CLIENT,
    kills=("js-never-falls-back", "js-stuck-on-fallback", "js-forgets-id-on-switch"),
    field=("FLB-01", "FLB-02", "FLB-04"),
)
async def test_hook_falls_back_and_returns(
    window: Window, origin: OriginActor, trouble: Trouble
) -> None:
    """A page goes on over an event stream while there is no WebSocket, and then returns to it."""
    loop, hook, first = await followed(window, origin)
    async with trouble.withdrawn("websocket"):
        second = await origin.publish(loop)
        await hook.reaches("open", "sse")
        await hook.events_until(second.id)
    await hook.reaches("open", "websocket")
    third = await origin.publish(loop)

    expect_same_events(await hook.events_until(third.id), [first, second, third])


@must("WHATWG HTML", "9.2.3", watches=CLIENT, kills=("js-ignores-retry",), field=("SSE-06",))
async def test_hook_honours_the_retry_field(window: Window, origin: OriginActor) -> None:
    """A page does not come back before the reconnection time that its event stream has set."""
    origin.script.retry = 150
    await (await window.tab_at_home()).follows(transport="sse")
    await origin.opened()
    await origin.close_streams(1001)
    [ended] = await origin.closed()
    await origin.opened(2)

    assert (await origin.head("/api/events")).at - ended.at >= 0.150


@must("WHATWG HTML", "9.2.6", watches=CLIENT, kills=("js-dispatches-partial",), field=("SSE-09",))
async def test_hook_drops_a_torn_event(
    window: Window, origin: OriginActor, trouble: Trouble
) -> None:
    """A page whose event stream ends in the middle of an event has it whole afterwards, once."""
    loop, hook, before = await followed(window, origin, transport="sse")
    torn = await trouble.tear_event(loop, abort=False)
    last = await origin.publish(loop)

    expect_same_content(await hook.events_until(last.id), [before, torn, last])


@practice(
    "a user looks at one loop after the other; each that stays open costs a connection for ever",
    watches=CLIENT,
    kills=("js-leaves-connection-open", "js-reconnects-after-close"),
    field=("REC-07",),
)
async def test_switching_loops_leaves_no_old_socket(window: Window, origin: OriginActor) -> None:
    """A page that turns to another loop has one connection, and receives that loop alone."""
    loops = await origin.loops(2)
    hook = await (await window.tab_at_home()).follows(loops[0])
    await hook.events_until((await origin.publish(loops[0])).id)
    await hook.changes(loopId=loops[1])
    await origin.opened(2)
    [closed] = await origin.closed()
    await origin.publish(loops[0])
    event = await origin.publish(loops[1])

    expect_same_events((await hook.events_until(event.id))[1:], [event])
    assert (closed.by, len(await origin.closed())) == ("client", 1)
    assert len(await origin.sockets()) == 2


@practice(
    "over HTTP/1.1 a browser has six connections to a host for all tabs: one stream is for all",
    watches=CLIENT,
    kills=("js-forgets-last-id", "drops-unfiltered"),
    field=("SSE-10",),
)
async def test_tabs_share_one_stream(window: Window, origin: OriginActor) -> None:
    """Seven tabs receive the same events over one connection, and go on when its tab is closed."""
    loop = await origin.loop()
    hooks = await window.follow_in_tabs(7, loop)
    before = await origin.publish(loop)
    await hooks[-1].events_until(before.id)
    await hooks[0].tab.closes()
    after = await origin.publish(loop)
    stories = [await hook.events_until(after.id) for hook in hooks[1:]]

    expect_one_story(stories, [before, after])
    assert len(await origin.sockets()) < len(hooks)  # one at a time: it may be lost and come back
