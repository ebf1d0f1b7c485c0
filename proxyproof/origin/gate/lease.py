"""The session lease: asking again whether the session behind an open stream still stands."""

import asyncio
import time
from enum import Enum

import aiohttp

from proxyproof.origin.head import RequestHead
from proxyproof.origin.settings import LeaseSettings

SESSION_ENDED = 4401


class Answer(Enum):
    """What the outpost says of a session."""

    STANDS = "stands"
    ENDED = "ended"
    UNKNOWN = "unknown"


def read_answer(status: int) -> Answer:
    """2xx stands; a refusal or a way to the login means ended; all else is no answer."""
    if 200 <= status < 300:
        return Answer.STANDS
    if status in (401, 403) or 300 <= status < 400:
        return Answer.ENDED
    return Answer.UNKNOWN


class Lease:
    """Asks for one origin; the questions share a pool of connections."""

    def __init__(self, settings: LeaseSettings) -> None:
        self._settings = settings
        timeout = aiohttp.ClientTimeout(total=settings.timeout)
        # Cookies belong to the stream that is asked about, never to the pool.
        self._session = aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())

    async def close(self) -> None:
        """Close the pool."""
        await self._session.close()

    async def watch(self, head: RequestHead, url: str) -> str:
        """Return a reason as soon as the session of a stream no longer stands.

        Args:
            head: Head of the stream request; its Cookie and Authorization fields are sent.
            url: Public URL of the stream, sent as X-Original-URL.
        """
        stood_at = time.monotonic()
        while True:
            await asyncio.sleep(self._settings.interval)
            answer = await self.ask(head, url)
            if answer is Answer.ENDED:
                return "session ended"
            if answer is Answer.STANDS:
                stood_at = time.monotonic()
            elif time.monotonic() - stood_at > self._settings.grace:
                return "session could not be confirmed"

    async def ask(self, head: RequestHead, url: str) -> Answer:
        """Ask once."""
        fields = [(name, value) for name in ("Cookie", "Authorization") for value in head.all(name)]
        try:
            async with self._session.get(
                self._settings.url,
                headers=[*fields, ("X-Original-URL", url)],
                allow_redirects=False,
                ssl=self._settings.tls or True,
            ) as response:
                return read_answer(response.status)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return Answer.UNKNOWN
