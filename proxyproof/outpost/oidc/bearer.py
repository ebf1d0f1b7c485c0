"""Authentication by the Authorization field, for clients that are no browsers (contract 5.2)."""

from time import monotonic

from proxyproof.outpost.oidc.backchannel import ProviderError
from proxyproof.outpost.oidc.flow import LoginFlow
from proxyproof.outpost.oidc.provider import Provider
from proxyproof.outpost.sessions.store import Session


class HeaderAuth:
    """Turns an Authorization value into a session.

    Args:
        cache_seconds: how long an accepted value is remembered, keyed by the full value.
        session_seconds: life of the placeholder that a session is made from.
    """

    def __init__(
        self, provider: Provider, flow: LoginFlow, cache_seconds: float, session_seconds: float
    ) -> None:
        self._provider = provider
        self._flow = flow
        self._seconds = cache_seconds
        self._session_seconds = session_seconds
        self._cache: dict[str, tuple[float, Session]] = {}

    def remembered(self, authorization: str) -> Session | None:
        """Return the session of a value that was accepted a short time ago."""
        self._forget_old()
        entry = self._cache.get(authorization)
        return entry[1] if entry else None

    async def session_for(self, authorization: str) -> Session | None:
        """Return a new session for a bearer token that the provider knows, else None."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return None
        try:
            grant = await self._provider.introspect(token.strip())
            if grant is None:
                return None
            jwks = await self._provider.jwks_url()
        except ProviderError:
            return None
        session = self._flow.logged_in(Session.new(self._session_seconds), grant, jwks)
        self._cache[authorization] = (monotonic() + self._seconds, session)
        return session

    def forget(self, session_id: str) -> None:
        """Drop what is remembered about a session that has ended."""
        self._cache = {
            key: entry for key, entry in self._cache.items() if entry[1].id != session_id
        }

    def _forget_old(self) -> None:
        now = monotonic()
        self._cache = {key: entry for key, entry in self._cache.items() if entry[0] > now}
