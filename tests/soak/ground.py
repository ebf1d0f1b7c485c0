"""What a soak stands on: a deployment, those who act in it, and whether it is whole just now."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator

import httpx

from fixtures.actors import OutpostActor
from fixtures.client import Client
from fixtures.deployment import Deployment
from fixtures.journal import Journal
from fixtures.login import LoginFailed, log_in
from fixtures.margin import Margin
from fixtures.origin import OriginActor
from fixtures.session_end import SessionLife
from fixtures.site import Site
from fixtures.trouble import Trouble
from proxyproof.wire.pseudonyms import Pseudonyms
from tests.soak.account import Published

ATTEMPTS = 20  # at a login; the gate may be going down at that moment
PAUSE = 0.2  # seconds between two of them


class NoLogin(Exception):
    """Nobody can log in any more, although the gate is up."""


@dataclasses.dataclass
class Ground:
    """A deployment under soak.

    Attributes:
        site: what it stands on
        deployment: it
        token: in the query of every request, but for those who must not be told apart from nobody
        published: what the origin published
        whole: cleared while a part is taken away; who needs all of them waits for it
        counts: what happened, by name
        tokens: all that were used, so that what the origin keeps about them can be cleared
    """

    site: Site
    deployment: Deployment
    token: str
    published: Published = dataclasses.field(default_factory=Published)
    whole: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)
    counts: dict[str, int] = dataclasses.field(default_factory=dict)
    tokens: set[str] = dataclasses.field(default_factory=set)

    def __post_init__(self) -> None:
        self.whole.set()
        self.tokens.add(self.token)

    def count(self, what: str, number: int = 1) -> None:
        """Take down that this happened."""
        self.counts[what] = self.counts.get(what, 0) + number

    @property
    def origin(self) -> OriginActor:
        """The origin, as far as the soak is concerned."""
        return OriginActor(self.deployment.origin, self.token, self.site.deadlines)

    @property
    def outpost(self) -> OutpostActor:
        """The outpost, which is a program of its own."""
        assert self.deployment.gate is not None, "the proxies that may be chosen have a gate"
        return OutpostActor(self.deployment.gate, self.token, self.site.deadlines)

    @property
    def trouble(self) -> Trouble:
        """What can befall the origin."""
        return Trouble(self.origin)

    @property
    def life(self) -> SessionLife:
        """The life of sessions."""
        margin = Margin([])
        return SessionLife(
            self.deployment, self.origin, self.outpost, self.trouble, self.site.deadlines, margin
        )

    @contextlib.asynccontextmanager
    async def without(self) -> AsyncIterator[None]:
        """While something is taken away, let those wait who need it."""
        self.whole.clear()
        try:
            yield
        finally:
            self.whole.set()

    async def client(self, user: str, token: str = "") -> Client:
        """A client of this user with a new session, and with a journal that nobody keeps."""
        client = Client(
            self.deployment.way,
            token or self.token,
            self.site.deadlines,
            Journal.begin(Pseudonyms()),
            cookies=(await self._log_in(user),),
            user=user,
        )
        self.tokens.add(client.token)
        return client

    async def _log_in(self, user: str) -> str:
        """Log in as a person does: again, if the gate went down meanwhile.

        Raises:
            NoLogin: it is up, and one attempt after the other fails.
        """
        for _ in range(ATTEMPTS):
            await self.whole.wait()
            try:
                session = await log_in(self.deployment.way, user)
            except (LoginFailed, httpx.HTTPError) as error:
                failure = str(error)
                self.count("logins in vain")
                await asyncio.sleep(PAUSE)
            else:
                self.count("logins")
                return session
        raise NoLogin(f"{user} could not log in, {ATTEMPTS} times in a row: {failure}")
