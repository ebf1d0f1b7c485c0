"""The OpenID provider: its discovery document, its tokens and its keys.

There is no PKCE and no nonce in the authorization request: the real outpost sends neither
(contract 5.4).
"""

import base64
from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from proxyproof.outpost.oidc.backchannel import BackChannel, ProviderError
from proxyproof.outpost.settings import Settings
from proxyproof.outpost.transfer.message import Field, Fields

if TYPE_CHECKING:
    from proxyproof.outpost.oidc.id_token import IdTokens


@dataclass(frozen=True)
class Grant:
    """What the provider says about somebody.

    Attributes:
        expires_at: seconds since the epoch.
    """

    claims: dict[str, Any]
    token: str
    expires_at: float


class Provider:
    """The provider as the outpost (back channel) and the browser (front channel) reach it."""

    def __init__(self, settings: Settings, back_channel: BackChannel) -> None:
        self.settings = settings
        self._back = back_channel
        self._metadata: dict[str, Any] = {}
        self._id_tokens: IdTokens | None = None

    async def metadata(self) -> dict[str, Any]:
        """Return the discovery document, fetched once (OpenID Connect Discovery 4)."""
        if not self._metadata:
            url = f"{self.settings.issuer}/.well-known/openid-configuration"
            found = await self._back.get(url)
            if not isinstance(found, dict):
                raise ProviderError(f"{url} is no discovery document")
            self._metadata = found
        return self._metadata

    async def jwks_url(self) -> str:
        """Return where the provider's keys are."""
        return str((await self.metadata()).get("jwks_uri", ""))

    async def authorize_url(self, state: str, redirect_uri: str) -> str:
        """Return the front-channel URL that begins a login."""
        query = {
            "client_id": self.settings.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": self.settings.scopes,
            "state": state,
        }
        return f"{await self._front('authorization_endpoint')}?{urlencode(query)}"

    async def end_session_url(self, token: str) -> str:
        """Return the front-channel URL that ends the session at the provider."""
        return f"{await self._front('end_session_endpoint')}?{urlencode({'id_token_hint': token})}"

    async def redeem(self, code: str, redirect_uri: str) -> Grant:
        """Exchange an authorization code for a verified token.

        Raises:
            ProviderError: the provider refused, or its token does not verify.
            TokenExpired: the token has run out.
        """
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return await self._granted(await self._post("token_endpoint", form))

    async def credentials(self, username: str, password: str) -> Grant:
        """Exchange user name and app password for a verified token (contract 5.2).

        The password is the credential: the client does not authenticate beside it.

        Raises:
            ProviderError: the provider refused, knows no such grant, or its token does not verify.
            TokenExpired: the token has run out.
        """
        form = {
            "grant_type": "client_credentials",
            "client_id": self.settings.client_id,
            "username": username,
            "password": password,
            "scope": self.settings.scopes,
        }
        return await self._granted(await self._post("token_endpoint", form, ()))

    async def _granted(self, answer: dict[str, Any]) -> Grant:
        token = str(answer.get("id_token") or "")
        claims = await self._verified(token)
        return Grant(claims, token, float(claims["exp"]))

    async def introspect(self, token: str) -> Grant | None:
        """Return what the provider knows about a bearer token, or None if it is not active.

        A provider without an introspection endpoint (RFC 7662) is asked for the user info.

        Raises:
            ProviderError: the provider cannot be asked.
        """
        if "introspection_endpoint" not in await self.metadata():
            return await self._user_info(token)
        answer = await self._post("introspection_endpoint", {"token": token})
        if answer.get("active") is not True or not answer.get("sub"):
            return None
        expires_at = answer.get("exp")
        if not isinstance(expires_at, int | float):
            expires_at = self._validity()
        return Grant(answer, token, float(expires_at))

    async def _user_info(self, token: str) -> Grant | None:
        bearer = (b"Authorization", f"Bearer {token}".encode("latin-1", "replace"))
        try:
            claims = await self._back.get(
                str((await self.metadata())["userinfo_endpoint"]), (bearer,)
            )
        except (ProviderError, KeyError):
            return None
        if not isinstance(claims, dict) or not claims.get("sub"):
            return None
        return Grant(claims, token, self._validity())

    def _validity(self) -> float:
        return time() + self.settings.session_seconds

    async def _post(
        self, endpoint: str, form: dict[str, str], fields: Fields | None = None
    ) -> dict[str, Any]:
        url = (await self.metadata()).get(endpoint)
        if not url:
            raise ProviderError(f"the provider advertises no {endpoint}")
        credentials = (self._client_auth(),) if fields is None else fields
        answer = await self._back.post(str(url), form, credentials)
        if not isinstance(answer, dict):
            raise ProviderError(f"{endpoint} answered something else than an object")
        return answer

    def _client_auth(self) -> Field:
        pair = f"{quote(self.settings.client_id)}:{quote(self.settings.client_secret)}"
        return b"Authorization", b"Basic " + base64.b64encode(pair.encode())

    async def _front(self, endpoint: str) -> str:
        """Return an endpoint as the browser reaches it: the path of discovery, our front origin."""
        url = urlsplit(str((await self.metadata()).get(endpoint, "")))
        front = urlsplit(self.settings.browser_issuer or self.settings.issuer)
        return urlunsplit((front.scheme, front.netloc, url.path, "", ""))

    async def _verified(self, token: str) -> dict[str, Any]:
        """Return the claims of an id token after checking it."""
        # Only a login needs it, and PyJWT brings all of cryptography along: it takes longer to load
        # than the rest of an outpost, and one that starts again may not see a login for long.
        from proxyproof.outpost.oidc.id_token import IdTokens  # noqa: PLC0415 -- as said above

        if self._id_tokens is None:
            self._id_tokens = IdTokens(self.settings, self._fetch_keys)
        return await self._id_tokens.verified(token)

    async def _fetch_keys(self) -> object:
        return await self._back.get(await self.jwks_url())
