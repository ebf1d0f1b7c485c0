"""The `state` of a login: a signed token that ties it to the browser it began in (contract 5.4)."""

import secrets
from typing import Any


class BadState(Exception):
    """The state is missing, forged, or belongs to another session."""


class StateSigner:
    """Issues and checks states.

    Args:
        client_id: names the issuer, `goauthentik.io/outpost/<client_id>`.
        secret: the provider's cookie secret, the HMAC key.
    """

    def __init__(self, client_id: str, secret: str) -> None:
        self._issuer = f"goauthentik.io/outpost/{client_id}"
        self._secret = secret

    def issue(self, session_id: str, redirect: str) -> str:
        """Return the state of a login that is to end at `redirect`; it does not expire."""
        claims = {
            "iss": self._issuer,
            "sid": session_id,
            "state": secrets.token_urlsafe(32),
            "redirect": redirect,
        }
        return str(_jwt().encode(claims, self._secret, algorithm="HS256"))

    def redirect_of(self, state: str, session_id: str) -> str:
        """Return the return URL of a state that this session began; empty if it has none.

        Raises:
            BadState: signature, issuer or session are not ours.
        """
        jwt = _jwt()
        try:
            claims = jwt.decode(state, self._secret, algorithms=["HS256"], issuer=self._issuer)
        except jwt.InvalidTokenError as error:
            raise BadState(str(error)) from error
        if claims.get("sid") != session_id:
            raise BadState("the state belongs to another session")
        return str(claims.get("redirect") or "")


def _jwt() -> Any:  # noqa: ANN401 -- a module
    """PyJWT, when the first login begins: it brings all of cryptography along.

    That takes as long to load as all the rest of an outpost, and some start and see no login.
    """
    import jwt  # noqa: PLC0415 -- as said above

    return jwt
