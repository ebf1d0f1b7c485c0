"""The two modes: the outpost carries the request itself, or only says whether it may pass."""

from dataclasses import replace
from typing import Protocol
from urllib.parse import urlsplit

from proxyproof.outpost.dialects import AUTH, Dialect, Refusal, dialects
from proxyproof.outpost.forwarding import Forwarding
from proxyproof.outpost.gate import Gate, Granted, Refused
from proxyproof.outpost.heads import Context
from proxyproof.outpost.identity import Identity
from proxyproof.outpost.oidc.flow import PREFIX, LoginFlow
from proxyproof.outpost.pages import unauthenticated
from proxyproof.outpost.relay import Relay
from proxyproof.outpost.settings import Settings
from proxyproof.outpost.transfer.downstream import Exchange
from proxyproof.outpost.transfer.message import Fields, Request, Response


class Mode(Protocol):
    """Handles what is not an endpoint of the outpost itself."""

    async def handle(self, exchange: Exchange) -> Response | None:
        """Return a response of our own, or None when the upstream's was passed on."""
        ...

    def close(self) -> None:
        """Give up what was kept open."""
        ...


class ProxyMode:
    """Requests that may pass are carried to the upstream; all others lead to the login.

    There is no content negotiation: a stream or an upgrade is redirected like a page (1.3).
    """

    def __init__(self, settings: Settings, gate: Gate, flow: LoginFlow, relay: Relay) -> None:
        self._settings = settings
        self._gate = gate
        self._flow = flow
        self._relay = relay

    async def handle(self, exchange: Exchange) -> Response | None:
        """Judge the request, then carry it or refuse it."""
        request = exchange.request
        if request.method == "CONNECT":
            return Response(405)
        decision = await self._gate.decide(request, request.path)
        if isinstance(decision, Refused):
            return self._refuse(request, decision)
        upgrade = request.asks_for(self._settings.profile.tunnelled) and not exchange.has_body
        return await self._relay.carry(exchange, Context(request, decision, upgrade))

    def close(self) -> None:
        """Close the upstream connections that were kept."""
        self._relay.close()

    def _refuse(self, request: Request, refused: Refused) -> Response:
        if refused.tried_authorization and self._settings.intercept_header_auth:
            return unauthenticated(refused.set_cookie)  # contract 5.3
        target = request.target.decode("latin-1")
        if not self._settings.profile.redirect_keeps_query:
            target = request.path
        wanted = self._settings.external_host + target
        return Response.redirect(self._flow.start_url(wanted), refused.set_cookie)


class ForwardMode:
    """Answers auth requests of an edge; everything else is not found (contract 1.2)."""

    def __init__(
        self, settings: Settings, gate: Gate, flow: LoginFlow, forwarding: Forwarding
    ) -> None:
        self._settings = settings
        self._gate = gate
        self._flow = flow
        self._forwarding = forwarding
        self._dialects = dialects()
        self._identity = Identity(settings)

    async def handle(self, exchange: Exchange) -> Response | None:
        """Answer in the dialect that the path names."""
        dialect = self._dialect(exchange.request.path)
        if dialect is None:
            return Response(404)
        return await self._judge(dialect, self._forwarding.believed(exchange.request))

    def close(self) -> None:
        """Nothing is kept open here."""

    def _dialect(self, path: str) -> Dialect | None:
        name, slash, _ = path.removeprefix(f"{AUTH}/").partition("/")
        found = self._dialects.get(name) if path.startswith(f"{AUTH}/") else None
        if found is None or not slash:
            return found
        bare = self._settings.profile.envoy_bare_path
        return found if found.takes_path and not bare else None

    async def _judge(self, dialect: Dialect, request: Request) -> Response:
        try:
            url = dialect.original_url(request, self._settings)
            parts = urlsplit(url)
        except ValueError:
            return Response.text(500, "configuration error")
        if dialect.own_paths_pass and parts.path.startswith(PREFIX):
            return Response(200)
        if dialect.signed_urls:
            original = replace(request, target=f"{parts.path}?{parts.query}".encode("latin-1"))
            if (answer := await self._flow.signed(original)) is not None:
                return answer
        whole = self._settings.mode == "forward_domain"
        decision = await self._gate.decide(request, url if whole else parts.path)
        if isinstance(decision, Refused):
            return await dialect.refuse(Refusal(request, url, self._flow, decision.set_cookie))
        return self._pass(decision, request)

    def _pass(self, granted: Granted, request: Request) -> Response:
        """Return the 200: bare on an allowlisted path, else with all that the edge may copy."""
        if granted.session is None:
            return Response(200)
        identity = self._identity.fields(granted.session)
        return Response(200, (*identity, *_user_agent(request), *granted.set_cookie))


def _user_agent(request: Request) -> Fields:
    """Return the echo of User-Agent that a 200 carries (contract 1.2)."""
    return tuple(field for field in request.fields if field[0].lower() == b"user-agent")
