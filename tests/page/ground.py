"""A real browser at the page of a real origin, for its checks and its pictures."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Page, async_playwright, expect

from fixtures.tabs.finding import find
from fixtures.tabs.thread import QUIET
from proxyproof.origin import Origin, Settings

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
DEADLINE = 10.0  # seconds


@dataclass
class Visit:
    """A page that is open, and the origin that it came from."""

    page: Page
    origin: Origin

    async def live(self, over: str = "WebSocket") -> None:
        """Wait until the page says that the stream is open over a transport."""
        await self.reads("#status", "Live")
        await self.reads("#transport", over)

    async def reads(self, selector: str, text: str) -> None:
        """Wait until an element reads so; looking only: the page forbids `eval`."""
        await expect(self.page.locator(selector)).to_have_text(text, timeout=DEADLINE * 1000)

    async def shows(self, text: str) -> None:
        """Wait until the list has an event with this text."""
        await self.page.locator("#events li", has_text=text).first.wait_for()

    async def types(self) -> list[str]:
        """The types of the events in the list, newest first."""
        return await self.page.locator("#events li:not([hidden]) .type").all_text_contents()


@asynccontextmanager
async def visiting(**options: Any) -> AsyncIterator[Visit]:  # noqa: ANN401 -- Playwright's
    """Open the page, with the options of a browser's context, and wait until its stream is open."""
    async with Origin(Settings(trusted_peers=("127.0.0.1",))) as origin, async_playwright() as play:
        found = await asyncio.to_thread(find)
        browser = await getattr(play, found.kind).launch(
            executable_path=found.path,
            args=list(QUIET),
            chromium_sandbox=os.geteuid() != 0,  # which root cannot have
        )
        context = await browser.new_context(**options)
        context.set_default_timeout(DEADLINE * 1000)
        page = await context.new_page()
        await page.goto(f"http://127.0.0.1:{origin.port}/")
        visit = Visit(page, origin)
        await visit.live()
        try:
            yield visit
        finally:
            await browser.close()
