"""The `state` of a login: a signed token that ties it to the browser it began in (contract 5.4).

It is written with the standard library alone, since every refused request begins a login: a
library for all kinds of tokens takes longer to load than the rest of the outpost.
"""

import base64
import hmac
import json
import secrets
from typing import Any


class BadState(Exception):
    """The state is missing, forged, or belongs to another session."""


class StateSigner:
    """Issues and checks states: JSON Web Tokens in compact form, by HS256 (RFC 7515 7.1).

    Args:
        client_id: names the issuer, `goauthentik.io/outpost/<client_id>`.
        secret: the provider's cookie secret, the HMAC key.
    """

    def __init__(self, client_id: str, secret: str) -> None:
        self._issuer = f"goauthentik.io/outpost/{client_id}"
        self._key = secret.encode()

    def issue(self, session_id: str, redirect: str) -> str:
        """Return the state of a login that is to end at `redirect`; it does not expire."""
        claims = {
            "iss": self._issuer,
            "sid": session_id,
            "state": secrets.token_urlsafe(32),
            "redirect": redirect,
        }
        payload = json.dumps(claims, separators=(",", ":"))  # it travels in a URL: no spaces
        signed = f"{_HEADER}.{_encoded(payload.encode())}"
        return f"{signed}.{self._signature(signed)}"

    def redirect_of(self, state: str, session_id: str) -> str:
        """Return the return URL of a state that this session began; empty if it has none.

        Raises:
            BadState: signature, issuer or session are not ours.
        """
        claims = self._claims(state)
        if claims.get("iss") != self._issuer:
            raise BadState("the state has another issuer")
        if claims.get("sid") != session_id:
            raise BadState("the state belongs to another session")
        return str(claims.get("redirect") or "")

    def _claims(self, state: str) -> dict[str, Any]:
        signed, _, signature = state.rpartition(".")
        header, _, payload = signed.partition(".")
        if header != _HEADER:  # no other algorithm is even looked at
            raise BadState("the state has another header than ours")
        if not hmac.compare_digest(signature.encode(), self._signature(signed).encode()):
            raise BadState("the signature of the state is not ours")
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
        return claims

    def _signature(self, signed: str) -> str:
        return _encoded(hmac.digest(self._key, signed.encode(), "sha256"))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


_HEADER = _encoded(b'{"alg":"HS256","typ":"JWT"}')
