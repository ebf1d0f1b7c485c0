"""The session lease: asking again whether the session behind an open stream still stands."""

import asyncio
import time
from collections.abc import Sequence
from enum import Enum
from urllib.parse import urlsplit

import aiohttp

from proxyproof.origin.head import RequestHead
from proxyproof.origin.settings import LeaseSettings

SESSION_ENDED = 4401
SESSION_COOKIE = "authentik_proxy_"  # how the name of the outpost's cookie begins
TOKEN = "X-authentik-jwt"

Fields = Sequence[tuple[str, str]]


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


def credentials(head: RequestHead, *, trusted: bool) -> Fields:
    """What stands for the session of a stream: the cookie, or the token of the same login.

    A proxy may keep the session cookie from the application; the token that a trusted one tells of
    then stands for it. Beside the cookie it is not sent: it could open what the logout has shut.
    """
    fields = [(name, value) for name in ("Cookie", "Authorization") for value in head.all(name)]
    tokens = head.all(TOKEN) if trusted else []
    is_told = SESSION_COOKIE in "".join(head.all("Cookie")) or head.all("Authorization")
    if is_told or len(tokens) != 1:
        return fields
    return [*fields, ("Authorization", f"Bearer {tokens[0]}")]


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

    async def watch(self, identity: Fields, url: str) -> str:
        """Return a reason as soon as the session of a stream no longer stands.

        Args:
            identity: The stream's credentials.
            url: Public URL of the stream, sent as X-Original-URL; its host is the one that is asked
                about.
        """
        stood_at = time.monotonic()
        while True:
            await asyncio.sleep(self._settings.interval)
            answer = await self.ask(identity, url)
            if answer is Answer.ENDED:
                return "session ended"
            if answer is Answer.STANDS:
                stood_at = time.monotonic()
            elif time.monotonic() - stood_at > self._settings.grace:
                return "session could not be confirmed"

    async def ask(self, identity: Fields, url: str) -> Answer:
        """Ask once."""
        about = (("Host", urlsplit(url).netloc), ("X-Original-URL", url))
        try:
            async with self._session.get(
                self._settings.url,
                headers=[*identity, *about],
                allow_redirects=False,
                ssl=self._settings.tls or True,
            ) as response:
                return read_answer(response.status)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return Answer.UNKNOWN
