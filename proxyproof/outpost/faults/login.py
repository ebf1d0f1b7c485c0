"""Faults of the login: what it takes for granted, and what it lets others see."""

import sys
from dataclasses import replace

from proxyproof.outpost.faults.model import fault
from proxyproof.outpost.gate import Decision, Gate
from proxyproof.outpost.oidc.flow import LoginFlow
from proxyproof.outpost.oidc.state import BadState, StateSigner
from proxyproof.outpost.parts import Parts
from proxyproof.outpost.sessions.cookie import SessionCookie
from proxyproof.outpost.sessions.store import Session
from proxyproof.outpost.transfer.message import Field, Request, Response


class CredulousSigner(StateSigner):
    """Takes any state for one of its own."""

    def redirect_of(self, state: str, session_id: str) -> str:
        """Return what a genuine state says, and nothing for another."""
        try:
            return super().redirect_of(state, session_id)
        except BadState:
            return ""


class CredulousFlow(LoginFlow):
    """Redeems the code of a login that another browser began."""

    async def callback(self, request: Request) -> Response:
        """Take the code, whatever the state."""
        self._signer = CredulousSigner(self._settings.client_id, self._settings.cookie_secret)
        return await super().callback(request)


@fault("state-not-checked", "who comes back need not have gone: login CSRF", "RFC 6749 10.12, 5.4")
def state_not_checked(parts: Parts) -> None:
    """Ignore the state."""
    parts.exchange(flow=CredulousFlow)


class TalkativeFlow(LoginFlow):
    """Hands the application the token in the address of its page."""

    async def callback(self, request: Request) -> Response:
        """Add the token to the address that a login ends at."""
        answer = await super().callback(request)
        session = self._store.find(self._cookie.read(request) or "")
        if session is None or not session.authenticated:
            return answer
        return replace(answer, fields=tuple(_with_token(one, session) for one in answer.fields))


def _with_token(field: Field, session: Session) -> Field:
    if field[0] != b"Location":
        return field
    mark = b"&" if b"?" in field[1] else b"?"
    return field[0], field[1] + mark + b"access_token=" + session.token.encode()


@fault("token-in-url", "the token is in the address that a login ends at", "SEC-11")
def token_in_url(parts: Parts) -> None:
    """Add the token to the address."""
    parts.exchange(flow=TalkativeFlow)


class TalkativeGate(Gate):
    """Writes down what it is shown."""

    async def decide(self, request: Request, asked: str) -> Decision:
        """Write the cookies down, and judge."""
        sys.stderr.write(f"cookies: {request.first(b'cookie')}\n")
        sys.stderr.flush()
        return await super().decide(request, asked)


@fault("logs-cookie", "request heads are logged as they are, cookies too", "SEC-11")
def logs_cookie(parts: Parts) -> None:
    """Log cookies."""
    parts.exchange(gate=TalkativeGate)


@fault(
    "malformed-cookie-passes",
    "a login that cannot begin, its cookie being malformed, is answered 200: the edge lets it pass",
    "CVE-2026-25748, contract 1.4",
    edge="caddy",
)
def malformed_cookie_passes(parts: Parts) -> None:
    """Answer as the outpost did until 2025.12.4."""
    parts.set_quirks(malformed_cookie_passes=True)


class AnySiteCookie(SessionCookie):
    """Goes along with the requests of every site."""

    def _field(self, value: str, seconds: int) -> Field:
        name, field = super()._field(value, seconds)
        return name, field.replace(b"SameSite=Lax", b"SameSite=None")


@fault("cookie-samesite-none", "the session is sent with what other sites ask for", "SEC-01")
def cookie_samesite_none(parts: Parts) -> None:
    """Let every site ask in the user's name."""
    parts.exchange(cookie=AnySiteCookie)


class ReadableCookie(SessionCookie):
    """Can be read by scripts."""

    def _field(self, value: str, seconds: int) -> Field:
        name, field = super()._field(value, seconds)
        return name, field.replace(b"HttpOnly; ", b"").replace(b"; HttpOnly", b"")


@fault("cookie-readable", "the session can be read by scripts of a page", "RFC 6265 4.1.2.6")
def cookie_readable(parts: Parts) -> None:
    """Leave HttpOnly out."""
    parts.exchange(cookie=ReadableCookie)
