"""Make the pictures of the page in docs/images: ``python -m tests.page.pictures``."""

import asyncio
from pathlib import Path
from typing import Any

from tests.page.ground import Visit, visiting

FOLDER = Path(__file__).parents[2] / "docs" / "images"
USER = {"extra_http_headers": {"X-authentik-username": "alice"}}
DESK = {"viewport": {"width": 1280, "height": 720}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
PICTURES: dict[str, dict[str, Any]] = {
    "page-light": DESK | {"color_scheme": "light"},
    "page-dark": DESK | {"color_scheme": "dark"},
    "page-phone": PHONE | {"color_scheme": "light"},
}
STORY: tuple[tuple[str, dict[str, object]], ...] = (
    ("start", {}),
    ("iteration-start", {"iteration": 1}),
    ("message", {"role": "assistant", "text": "Looking for the flaky test"}),
    ("tool", {"tool": "grep", "input": "sleep("}),
    ("progress", {"percent": 20}),
    ("log", {"text": "collected 412 items"}),
    ("commit", {"sha": "9f3c1e2", "message": "Wait for the fact, not for the clock"}),
    ("error", {"message": "one test failed"}),
)
PAUSE = 0.15  # seconds between two events: the chart of a minute is to have some bars


async def _happen(visit: Visit) -> None:
    loops = visit.origin.loops
    for number in (1, 2):
        loop = loops.create(f"nightly-{number}", owner="alice").id
        for act, fields in STORY:
            loops.act(loop, act, fields)
            await asyncio.sleep(PAUSE)
    for line in range(40):
        loops.act("nightly-2", "log", {"text": f"test {line * 10 + 7} of 412 passed"})
        await asyncio.sleep(PAUSE)


async def _take(name: str, options: dict[str, Any]) -> None:
    async with visiting(**options, **USER) as visit:
        await _happen(visit)
        await visit.page.click("#cut")
        await visit.reads("#reconnections", "1")
        visit.origin.loops.act("nightly-2", "complete", {})
        await visit.shows("loop.completed")
        await asyncio.sleep(1.5)  # the chart is drawn, and the announcement is out
        await visit.page.keyboard.press("Control+Home")
        await visit.page.mouse.wheel(0, -5000)
        await visit.page.screenshot(path=FOLDER / f"{name}.png", full_page=True)


async def _main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, options in PICTURES.items():
        await _take(name, options)


if __name__ == "__main__":
    asyncio.run(_main())
