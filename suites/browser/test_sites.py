"""Pages of other origins and other sites, in the browser of a user who is logged in.

A *site* is a scheme with a registrable domain (RFC 6265bis 5.2): a neighbour at another port is of
the same one, so that cookies go along with what its pages ask for; a stranger is of another.
"""

from fixtures.origin import OriginActor
from fixtures.pages import ELSEWHERE, neighbour
from fixtures.tabs.window import Window
from proxy.model import Feature
from suites.expect import expect_same_events
from suites.requirement import ORIGIN, OUTPOST, PROXY, must, needs, practice


@must(
    "RFC 6455",
    "10.2",
    watches=(ORIGIN, PROXY),
    kills=("ignores-origin-field", "reflects-origin"),
    field=("SEC-01",),
)
async def test_foreign_page_is_refused_by_the_browser_too(
    window: Window, origin: OriginActor
) -> None:
    """A page of another origin opens no stream and reads no page, though the cookie goes along."""
    own = await window.tab_at_home()
    let_in = [(await own.opens("websocket")).outcome, (await own.opens("sse")).outcome]
    foreign = await window.tab_elsewhere(neighbour(own.address("")))
    refused = [(await foreign.opens("websocket")).outcome, (await foreign.opens("sse")).outcome]
    answer = await foreign.read("/api/whoami")

    assert let_in == ["open", "open"]
    assert [outcome.partition(" ")[0] for outcome in refused] == ["refused", "refused"]
    assert answer == "TypeError: Failed to fetch"


@needs(Feature.GATE)
@practice(
    "whatever site a user visits can ask for the streams of every application that they use",
    watches=(OUTPOST, PROXY),
    kills=("cookie-samesite-none",),
    field=("SEC-01", "COO-06"),
)
async def test_session_stays_within_its_site(window: Window, origin: OriginActor) -> None:
    """The session streams in a frame of its own site, and nothing of another site has it."""
    loop = await origin.loop()
    own = await window.tab_logged_in()
    inner = await (await window.tab_elsewhere(neighbour(own.address("")))).embeds()
    stream = await inner.opens("websocket", loop)
    event = await origin.publish(loop)
    expect_same_events(await stream.events_until(event.id), [event])
    let_in = await origin.heads()
    stranger = await window.tab_elsewhere(ELSEWHERE)
    await stranger.opens("websocket"), await stranger.opens("sse"), await stranger.embeds()
    await stranger.posts_form("/api/loops")

    assert [head.target for head in await origin.heads()] == [head.target for head in let_in]
