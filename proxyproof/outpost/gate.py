"""Who may pass: the one decision that proxy mode and every dialect share."""

import re
import sys
from dataclasses import dataclass
from time import time

from proxyproof.outpost.oidc.header_auth import HeaderAuth
from proxyproof.outpost.profiles import Profile
from proxyproof.outpost.sessions.cookie import SessionCookie
from proxyproof.outpost.sessions.store import MemoryStore, Session
from proxyproof.outpost.transfer.message import Fields, Request


@dataclass(frozen=True)
class Granted:
    """The request may pass.

    Attributes:
        session: whose it is; none on an allowlisted path.
        set_cookie: Set-Cookie fields for the client.
        spent_authorization: the Authorization field did its work and goes no further.
    """

    session: Session | None
    set_cookie: Fields = ()
    spent_authorization: bool = False


@dataclass(frozen=True)
class Refused:
    """The request may not pass.

    Attributes:
        set_cookie: removes a session cookie that is of no more use.
        tried_authorization: it brought an Authorization field, in vain.
    """

    set_cookie: Fields = ()
    tried_authorization: bool = False


Decision = Granted | Refused

_FOREIGN = re.compile(r"\(\?<?[=!]|\(\?P=|\\[1-9]")


class Gate:
    """Decides by session cookie, then remembered header, then header, then allowlist (5.1, 5.2).

    Authentication is checked once, when the request starts (contract section 2).
    """

    def __init__(
        self,
        profile: Profile,
        cookie: SessionCookie,
        store: MemoryStore,
        header_auth: HeaderAuth,
        skip_path_regex: str = "",
    ) -> None:
        self.profile = profile
        self.cookie = cookie
        self.store = store
        self.header_auth = header_auth
        self._allowlist = _patterns(skip_path_regex)

    async def decide(self, request: Request, asked: str) -> Decision:
        """Judge a request; `asked` is what the allowlist is searched in, a path or a whole URL."""
        session = self.session_of(request)
        if session is not None:
            return Granted(session)
        granted = await self._by_header(request)
        if granted is not None:
            return granted
        if any(pattern.search(asked) for pattern in self._allowlist):
            return Granted(None)
        return Refused(self._clearing(request), request.first(b"authorization") is not None)

    def session_of(self, request: Request) -> Session | None:
        """Return the live, authenticated session that the cookie names."""
        session = self.store.find(self.cookie.read(request) or "")
        if session is None or not session.authenticated or not self.is_alive(session):
            return None
        return session

    def is_alive(self, session: Session) -> bool:
        """Whether the session's time has not come yet."""
        return session.expires_at > time()

    async def _by_header(self, request: Request) -> Granted | None:
        authorization = request.first(b"authorization")
        if authorization is None:
            return None
        known = self.header_auth.remembered(authorization)
        if known is not None and self.is_alive(known):
            return Granted(known, (), not self.profile.cached_bearer_reaches_upstream)
        session = await self.header_auth.session_for(authorization)
        if session is None:
            return None
        return Granted(session, (self.cookie.write(session),), spent_authorization=True)

    def _clearing(self, request: Request) -> Fields:
        """Return what removes a dead cookie; one of a login in flight is left alone (2.2)."""
        rule = self.profile.stale_cookie
        carried = bool(self.cookie.carried(request))
        if rule == "unknown":
            session_id = self.cookie.read(request)
            carried = session_id is not None and self._is_dead(session_id)
        elif rule == "any":
            carried = carried and self._is_dead(self.cookie.read(request) or "")
        return (self.cookie.clear(),) if carried and rule != "never" else ()

    def _is_dead(self, session_id: str) -> bool:
        session = self.store.find(session_id)
        return session is None or not self.is_alive(session)


def _patterns(lines: str) -> list[re.Pattern[str]]:
    """Return the patterns, one a line; one that does not compile leaves its paths protected."""
    patterns = []
    for line in filter(None, map(str.strip, lines.splitlines())):
        try:
            patterns.append(_compiled(line))
        except re.error as error:
            sys.stderr.write(
                f"skip_path_regex: {line!r} does not compile and is skipped: {error}\n"
            )
    return patterns


def _compiled(line: str) -> re.Pattern[str]:
    if _FOREIGN.search(line):
        raise re.error("neither Go nor Rust knows look-around and back-references")
    return re.compile(line)
