"""The session cookie: its name, its value and its attributes (contract section 2)."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from email.utils import formatdate
from time import time

from proxyproof.outpost.profiles import Profile
from proxyproof.outpost.sessions.store import Session
from proxyproof.outpost.transfer.message import Field, Fields, Request, values


def cookie_name(client_id: str) -> str:
    """Return the name of the cookie of one provider."""
    return f"authentik_proxy_{hashlib.sha256(client_id.encode()).hexdigest()[:8]}"


def cookie_pairs(fields: Fields) -> Iterator[tuple[str, str]]:
    """Yield the name-value pairs of all Cookie fields in order (RFC 6265 4.2.1)."""
    for value in values(fields, b"cookie"):
        for pair in value.split(";"):
            name, _, content = pair.strip().partition("=")
            yield name, content


class SessionCookie:
    """Reads and writes the session cookie.

    Args:
        client_id: gives the cookie its name.
        secret: at least 32 bytes; the signing key is derived from it.
        secure: whether the application is reached over https.
        domain: the `Domain` attribute, none if empty.
        profile: says whether the value is signed and `Expires` is sent.
    """

    path = "/"

    def __init__(
        self, client_id: str, secret: str, profile: Profile, *, secure: bool, domain: str = ""
    ) -> None:
        self.name = cookie_name(client_id)
        self._key = hashlib.sha256(b"session cookie" + secret.encode()).digest()
        self._profile = profile
        self._secure = secure
        self._domain = domain

    def read(self, request: Request) -> str | None:
        """Return the session id that the request carries with a valid signature."""
        ids = (self._unsigned(value) for value in self.carried(request))
        return next((session_id for session_id in ids if session_id), None)

    def carried(self, request: Request) -> list[str]:
        """Return the values that came under our name, valid or not."""
        return [value for name, value in cookie_pairs(request.fields) if name == self.name]

    def write(self, session: Session) -> Field:
        """Return the Set-Cookie field that gives the session to the browser."""
        seconds = max(1, int(session.expires_at - time()))
        return self._field(self._signed(session.id), seconds)

    def clear(self) -> Field:
        """Return the Set-Cookie field that removes the cookie."""
        return self._field("", 0)

    def _field(self, value: str, seconds: int) -> Field:
        parts = [f"{self.name}={value}", f"Path={self.path}", f"Max-Age={seconds}"]
        if self._profile.cookie_expires:
            parts.append(f"Expires={formatdate(time() + seconds if seconds else 1, usegmt=True)}")
        if self._domain:
            parts.append(f"Domain={self._domain}")
        parts += ["HttpOnly", *(["Secure"] if self._secure else []), "SameSite=Lax"]
        return b"Set-Cookie", "; ".join(parts).encode()

    def _signed(self, session_id: str) -> str:
        if not self._profile.signed_cookie:
            return session_id
        return f"{session_id}.{self._signature(session_id)}"

    def _unsigned(self, value: str) -> str | None:
        if not self._profile.signed_cookie:
            return value
        session_id, _, signature = value.rpartition(".")
        expected = self._signature(session_id)
        genuine = hmac.compare_digest(signature.encode(), expected.encode())
        return session_id if genuine else None

    def _signature(self, session_id: str) -> str:
        digest = hmac.digest(self._key, f"{self.name}={session_id}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
