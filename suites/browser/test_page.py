"""The page on which a person sees whether their stream lives: it is to say what is so."""

from fixtures.origin import OriginActor
from fixtures.tabs.window import Window
from fixtures.trouble import Trouble
from suites.requirement import CLIENT, practice


@practice(
    "an operator opens the page behind their proxy and believes what it says",
    watches=CLIENT,
    kills=("js-never-falls-back", "js-forgets-id-on-switch"),
    field=("FLB-01",),
)
async def test_page_tells_of_its_stream(
    window: Window, origin: OriginActor, trouble: Trouble
) -> None:
    """The page names the transport and shows the events, and does both after a fallback."""
    loop = await origin.loop()
    await window.has_session("alice")
    tab = await window.tab()
    await tab.goes_to_page()
    await tab.lives_over("WebSocket")
    first = await origin.publish(loop)
    await tab.reads(f'#events li[title="{first.id}"]')
    async with trouble.withdrawn("websocket"):
        second = await origin.publish(loop)
        await tab.lives_over("Event stream")
        await tab.reads(f'#events li[title="{second.id}"]')
