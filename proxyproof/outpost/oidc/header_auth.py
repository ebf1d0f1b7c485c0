"""Authentication by the Authorization field, for clients that are no browsers (contract 5.2).

A bearer token is introspected (RFC 7662); a provider that advertises no such endpoint is asked for
the user info instead. Of basic authentication, the password of `goauthentik.io/token` is such a
token; any other pair is exchanged by a client_credentials grant, with user name and password beside
it as Authentik wants them. A provider that knows no such grant, like the OIDC test provider that
the harness brings, refuses it, and so does the outpost.
"""

import base64
from time import monotonic

from proxyproof.outpost.oidc.backchannel import ProviderError, TokenExpired
from proxyproof.outpost.oidc.flow import LoginFlow
from proxyproof.outpost.oidc.provider import Grant, Provider
from proxyproof.outpost.sessions.store import MemoryStore, Session, StoreError

TOKEN_USER = "goauthentik.io/token"
"""The user name of basic authentication whose password is a bearer token."""


class HeaderAuth:
    """Turns an Authorization value into a session, by bearer token or user name and app password.

    Args:
        store: where the sessions are kept and ended.
        cache_seconds: how long an accepted value is remembered, keyed by the full value.
        session_seconds: life of the placeholder that a session is made from.
    """

    def __init__(
        self,
        provider: Provider,
        flow: LoginFlow,
        store: MemoryStore,
        cache_seconds: float,
        session_seconds: float,
    ) -> None:
        self._provider = provider
        self._flow = flow
        self._store = store
        self._seconds = cache_seconds
        self._session_seconds = session_seconds
        self._cache: dict[str, tuple[float, Session]] = {}

    def remembered(self, authorization: str) -> Session | None:
        """Return the session of a value that was accepted a short time ago."""
        self._forget_old()
        entry = self._cache.get(authorization)
        return entry[1] if entry else None

    async def session_for(self, authorization: str) -> Session | None:
        """Return a new session for a value that the provider knows, else None."""
        try:
            jwks = await self._provider.jwks_url()
            grant = await self._grant_of_now(authorization)
            if grant is None:
                return None
            session = self._flow.logged_in(Session.new(self._session_seconds), grant, jwks)
        except (ProviderError, TokenExpired, StoreError):
            return None
        self._cache[authorization] = (monotonic() + self._seconds, session)
        return session

    async def _grant_of_now(self, authorization: str) -> Grant | None:
        """What the provider says once no sessions are ended meanwhile: a yes may be an old one."""
        while True:
            ends = self._store.ends
            grant = await self._grant(authorization)
            if ends == self._store.ends:
                return grant

    async def _grant(self, authorization: str) -> Grant | None:
        scheme, _, value = authorization.partition(" ")
        if scheme.lower() == "bearer":
            return await self._by_token(value.strip())
        pair = _pair(value) if scheme.lower() == "basic" else None
        if pair is None:
            return None
        username, password = pair
        if username == TOKEN_USER:
            return await self._by_token(password)
        return await self._provider.credentials(username, password)

    async def _by_token(self, token: str) -> Grant | None:
        return await self._provider.introspect(token) if token else None

    def forget(self, session_id: str) -> None:
        """Drop what is remembered about a session that has ended."""
        self._cache = {
            key: entry for key, entry in self._cache.items() if entry[1].id != session_id
        }

    def _forget_old(self) -> None:
        now = monotonic()
        self._cache = {key: entry for key, entry in self._cache.items() if entry[0] > now}


def _pair(encoded: str) -> tuple[str, str] | None:
    """Return user name and password, or None for what is not two of them (RFC 7617 2)."""
    try:
        username, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return (username, password) if colon else None
