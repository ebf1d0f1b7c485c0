"""The id token that a login ends with: whether the provider signed it, and for us."""

from collections.abc import Awaitable, Callable
from typing import Any

import jwt

from proxyproof.outpost.oidc.backchannel import ProviderError, TokenExpired
from proxyproof.outpost.settings import Settings


class IdTokens:
    """Verifies id tokens (OpenID Connect Core 3.1.3.7).

    Args:
        settings: say who the provider is, and who we are.
        fetch_keys: returns the provider's JSON Web Key Set (RFC 7517 5).
    """

    def __init__(self, settings: Settings, fetch_keys: Callable[[], Awaitable[object]]) -> None:
        self._settings = settings
        self._fetch_keys = fetch_keys
        self._keys: dict[str, Any] = {}

    async def verified(self, token: str) -> dict[str, Any]:
        """Return the claims of a token.

        Raises:
            ProviderError: it does not verify, or its key cannot be had.
            TokenExpired: it has run out.
        """
        issuers = [self._settings.issuer, self._settings.browser_issuer]
        try:
            header = jwt.get_unverified_header(token)
            claims: dict[str, Any] = jwt.decode(
                token,
                key=await self._key(header),
                algorithms=["HS256", "RS256", "ES256"],
                audience=self._settings.client_id,
                issuer=[issuer for issuer in issuers if issuer],
                options={"require": ["exp", "sub"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenExpired(str(error)) from error
        except jwt.PyJWTError as error:
            raise ProviderError(f"the id token does not verify: {error}") from error
        return claims

    async def _key(self, header: dict[str, Any]) -> Any:  # noqa: ANN401 (jwt's own key types)
        if header.get("alg") == "HS256":
            return self._settings.client_secret  # a provider without a signing key (contract 3.1)
        name = str(header.get("kid", ""))
        key = self._known_key(name)
        if key is None:
            self._keys = await self._offered_keys()
            key = self._known_key(name)
        if key is None:
            raise ProviderError(f"the provider has no key {name!r}")
        return key

    def _known_key(self, name: str) -> Any:  # noqa: ANN401 (jwt's own key types)
        """Return a key by its id; a token without one means the only key (OIDC Core 10.1)."""
        if not name and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(name)

    async def _offered_keys(self) -> dict[str, Any]:
        found = await self._fetch_keys()
        keys = jwt.PyJWKSet.from_dict(found if isinstance(found, dict) else {}).keys
        return {key.key_id or "": key.key for key in keys}
