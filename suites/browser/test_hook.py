"""The JavaScript client in a page: what it goes through, no component and no user notices."""

from fixtures.actors import ProxyActor
from fixtures.origin import OriginActor
from fixtures.tabs.window import Window
from fixtures.trouble import Trouble
from proxy.model import Feature
from suites.expect import expect_one_story, expect_same_events
from suites.requirement import CLIENT, PROXY, needs, practice


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

    expect_same_events(await hook.events_until(after.id), [before, missed, after])
    assert len(await origin.sockets()) == 2


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
    loop = await origin.loop()
    hook = await (await window.tab_at_home()).follows(loop)
    before = await origin.publish(loop)
    await hook.events_until(before.id)
    async with proxy.killed():
        missed = await origin.publish(loop)

    expect_same_events(await hook.events_until(missed.id), [before, missed])


@practice(
    "people ride through tunnels and close their laptops",
    watches=CLIENT,
    kills=("js-never-reconnects", "js-forgets-last-id"),
    field=("TMO-11",),
)
async def test_offline_and_back(window: Window, origin: OriginActor, trouble: Trouble) -> None:
    """A page that was without a network has what it missed as soon as the network is back."""
    loop = await origin.loop()
    hook = await (await window.tab_at_home()).follows(loop)
    before = await origin.publish(loop)
    await hook.events_until(before.id)
    async with window.offline():
        missed = await trouble.cut_and_publish(loop)

    expect_same_events(await hook.events_until(missed.id), [before, missed])


@practice(
    "a browser freezes the tabs that nobody looks at: no timer runs there, and nothing is received",
    watches=CLIENT,
    kills=("js-never-reconnects", "js-forgets-last-id"),
    field=("TMO-11",),
)
async def test_tab_asleep_and_back(window: Window, origin: OriginActor, trouble: Trouble) -> None:
    """A page that was frozen while its connection was cut has what it missed when it wakes up."""
    loop = await origin.loop()
    hook = await (await window.tab_at_home()).follows(loop)
    before = await origin.publish(loop)
    await hook.events_until(before.id)
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
    loop = await origin.loop()
    hook = await (await window.tab_at_home()).follows(loop)
    first = await origin.publish(loop)
    await hook.events_until(first.id)
    async with trouble.withdrawn("websocket"):
        second = await origin.publish(loop)
        await hook.reaches("open", "sse")
        await hook.events_until(second.id)
    await hook.reaches("open", "websocket")
    third = await origin.publish(loop)

    expect_same_events(await hook.events_until(third.id), [first, second, third])


@practice(
    "a user looks at one loop after the other; each that stays open costs a connection for ever",
    watches=CLIENT,
    kills=("js-leaves-connection-open",),
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
