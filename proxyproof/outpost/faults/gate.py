"""Faults in who may pass and as whom."""

from dataclasses import replace

from proxyproof.outpost.faults.model import fault
from proxyproof.outpost.faults.request import on_upgrade
from proxyproof.outpost.faults.response import wants_events
from proxyproof.outpost.gate import Decision, Gate, Granted, Refused
from proxyproof.outpost.heads import Context
from proxyproof.outpost.identity import is_identity
from proxyproof.outpost.oidc.flow import LoginFlow
from proxyproof.outpost.oidc.header_auth import HeaderAuth
from proxyproof.outpost.parts import Parts
from proxyproof.outpost.sessions.store import MemoryStore, Session
from proxyproof.outpost.transfer.message import Request, Response


class OpenGate(Gate):
    """Lets pass what it should refuse, without identity."""

    async def decide(self, request: Request, asked: str) -> Decision:
        """Turn a refusal into a pass."""
        decision = await super().decide(request, asked)
        return Granted(None) if isinstance(decision, Refused) else decision


@fault("fails-open", "what should be refused passes without identity", "CVE-2026-25748, AUT-10")
def fails_open(parts: Parts) -> None:
    """Open the gate on refusal."""
    parts.exchange(gate=OpenGate)


class NoGate(Gate):
    """Asks nobody."""

    async def decide(self, request: Request, asked: str) -> Decision:
        """Let everything pass without identity."""
        return Granted(None)


@fault("auth-not-applied", "the gate is not wired to the application at all", "AUT-10")
def auth_not_applied(parts: Parts) -> None:
    """Leave the gate out."""
    parts.exchange(gate=NoGate)


class WebSocketOnlyGate(Gate):
    """Does not judge event streams."""

    async def decide(self, request: Request, asked: str) -> Decision:
        """Let event streams pass whoever asks; judge the rest."""
        decision = await super().decide(request, asked)
        unjudged = isinstance(decision, Refused) and wants_events(request)
        return Granted(None) if unjudged else decision


@fault("fallback-ungated", "event streams, the fallback, have another gate: none", "FLB-03")
def fallback_ungated(parts: Parts) -> None:
    """Leave event streams out."""
    parts.exchange(gate=WebSocketOnlyGate)


class UpgradeBypass(Gate):
    """Takes an Upgrade field for a pass."""

    async def decide(self, request: Request, asked: str) -> Decision:
        """Let pass what carries an Upgrade field."""
        decision = await super().decide(request, asked)
        unjudged = isinstance(decision, Refused) and request.first(b"upgrade") is not None
        return Granted(None) if unjudged else decision


@fault("upgrade-bypasses-auth", "an Upgrade field is enough to pass", "AUT-09")
def upgrade_bypasses_auth(parts: Parts) -> None:
    """Do not judge upgrades."""
    parts.exchange(gate=UpgradeBypass)


class HandshakeBypass(Gate):
    """Does not stand before the WebSockets."""

    async def decide(self, request: Request, asked: str) -> Decision:
        """Let opening handshakes pass whoever asks; judge the rest."""
        decision = await super().decide(request, asked)
        unjudged = isinstance(decision, Refused) and request.asks_for(("websocket",))
        return Granted(None) if unjudged else decision


@fault("auth-skips-upgrade", "WebSockets are handled outside the gate", "AUT-09, klangk#2323")
def auth_skips_upgrade(parts: Parts) -> None:
    """Do not judge opening handshakes."""
    parts.exchange(gate=HandshakeBypass)


class CredulousGate(Gate):
    """Takes a cookie of the right name for a session."""

    def session_of(self, request: Request) -> Session | None:
        """Return the named session or, the signature being ignored, the newest one."""
        named = super().session_of(request)
        if named is not None or not self.cookie.carried(request):
            return named
        alive = [one for one in self.store if one.authenticated and self.is_alive(one)]
        return alive[-1] if alive else None


@fault("accepts-tampered-cookie", "the signature of the session cookie is not checked", "AUT-11")
def accepts_tampered_cookie(parts: Parts) -> None:
    """Ignore the signature."""
    parts.exchange(gate=CredulousGate)


class TimelessGate(Gate):
    """Does not look at the clock."""

    def is_alive(self, session: Session) -> bool:
        """Say that every session is."""
        return True


@fault("accepts-expired", "a session is believed after its time", "AUT-11, REV-01")
def accepts_expired(parts: Parts) -> None:
    """Ignore the expiry."""
    parts.exchange(gate=TimelessGate)


class DeafToBearer(HeaderAuth):
    """Knows no token."""

    async def session_for(self, authorization: str) -> Session | None:
        """Say that nobody is meant."""
        return None


@fault("ignores-bearer", "an Authorization field is not looked at", "contract 5.2")
def ignores_bearer(parts: Parts) -> None:
    """Ignore tokens."""
    parts.exchange(header_auth=DeafToBearer)


class LavishGate(Gate):
    """Writes a session for every request that it refuses."""

    async def decide(self, request: Request, asked: str) -> Decision:
        """Judge, and leave a session behind on refusal."""
        decision = await super().decide(request, asked)
        if isinstance(decision, Refused):
            self.store.save(Session.new(3600))
        return decision


@fault("session-per-request", "each refused request fills the session store", "#12230, #23001")
def session_per_request(parts: Parts) -> None:
    """Write a session on refusal."""
    parts.exchange(gate=LavishGate)


@fault("sessions-in-memory", "a restart forgets who had logged in", "AUT-12, #18098")
def sessions_in_memory(parts: Parts) -> None:
    """Keep sessions in memory whatever the configuration says."""
    parts.exchange(store=lambda _: MemoryStore())


class OpenRedirect(LoginFlow):
    """Leads anywhere after the login."""

    def allowed_redirect(self, rd: str | None) -> str:
        """Return what was asked for."""
        return rd or ""


@fault("open-redirect", "the return URL of a login is not checked", "contract 5.4")
def open_redirect(parts: Parts) -> None:
    """Believe `rd`."""
    parts.exchange(flow=OpenRedirect)


@fault("identity-missing-on-ws", "an upgrade reaches the application without identity", "HDR-08")
def identity_missing_on_ws(parts: Parts) -> None:
    """Drop identity from upgrades."""

    def edit(outgoing: Request, _: Context) -> Request:
        kept = tuple(field for field in outgoing.fields if not is_identity(field[0]))
        return replace(outgoing, fields=kept)

    parts.requests.append(on_upgrade(edit))


@fault("keeps-client-identity", "identity fields of the client reach the application", "SEC-02")
def keeps_client_identity(parts: Parts) -> None:
    """Put the client's copies before ours."""

    def edit(outgoing: Request, context: Context) -> Request:
        claimed = [field for field in context.request.fields if is_identity(field[0])]
        rest = [field for field in outgoing.fields if field not in claimed]
        return replace(outgoing, fields=(*claimed, *rest))

    parts.requests.append(edit)


@fault(
    "forges-on-allowlist",
    "without a session the client's own identity is confirmed",
    "contract 3.2",
    edge="nginx",
)
def forges_on_allowlist(parts: Parts) -> None:
    """Give an edge back, on a 200 without identity, what the client claimed."""

    def edit(response: Response, request: Request) -> Response:
        if response.status != 200 or any(is_identity(name) for name, _ in response.fields):
            return response
        return response.with_fields(*(field for field in request.fields if is_identity(field[0])))

    parts.own.append(edit)


@fault("underscore-alias", "X_authentik_username is not taken for an identity field", "SEC-03")
def underscore_alias(parts: Parts) -> None:
    """Put back the client's aliases."""

    def edit(outgoing: Request, context: Context) -> Request:
        fields = context.request.fields
        aliases = [field for field in fields if is_identity(field[0]) and b"_" in field[0]]
        rest = [field for field in outgoing.fields if field not in aliases]
        return replace(outgoing, fields=(*aliases, *rest))

    parts.requests.append(edit)
