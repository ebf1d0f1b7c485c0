"""The endpoints of the login: start, callback and sign-out (contract 1.2, 1.4, 2.1)."""

import re
from collections.abc import Callable
from dataclasses import replace
from time import time
from urllib.parse import quote

from proxyproof.outpost.oidc.backchannel import ProviderError, TokenExpired
from proxyproof.outpost.oidc.provider import Grant, Provider
from proxyproof.outpost.oidc.redirect import validated
from proxyproof.outpost.oidc.state import BadState, StateSigner
from proxyproof.outpost.profiles import Profile
from proxyproof.outpost.sessions.cookie import SessionCookie
from proxyproof.outpost.sessions.store import MemoryStore, Session, StoreError
from proxyproof.outpost.settings import Settings
from proxyproof.outpost.transfer.message import Request, Response

PREFIX = "/outpost.goauthentik.io"

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


class LoginFlow:
    """Leads a browser to the provider and back.

    `tell` takes a line for the operator when the provider lets a login down.
    """

    def __init__(
        self,
        settings: Settings,
        provider: Provider,
        store: MemoryStore,
        cookie: SessionCookie,
        tell: Callable[[str], None],
    ) -> None:
        self._tell = tell
        self._settings = settings
        self._provider = provider
        self._store = store
        self._cookie = cookie
        self._signer = StateSigner(settings.client_id, settings.cookie_secret)
        self._callback_url = (
            f"{settings.external_host}{PREFIX}/callback?X-authentik-auth-callback=true"
        )

    @property
    def _profile(self) -> Profile:
        return self._settings.profile

    def allowed_redirect(self, rd: str | None) -> str:
        """Return the return URL, or the empty string if it is not ours."""
        settings = self._settings
        by_domain = settings.in_domain if settings.mode == "forward_domain" else None
        return validated(rd, settings.external_host, by_domain)

    def start_url(self, target: str) -> str:
        """Return the URL that begins a login which ends at `target`."""
        return f"{self._settings.external_host}{PREFIX}/start?rd={quote(target, safe='')}"

    async def signed(self, request: Request) -> Response | None:
        """Answer a callback or sign-out that its query gives away, whatever the path (1.2)."""
        query = {name.lower(): value.lower() for name, value in request.query.items()}
        if query.get("x-authentik-auth-callback") == "true":
            return await self.callback(request)
        if query.get("x-authentik-logout") == "true":
            return await self.sign_out(request)
        return None

    async def start(self, request: Request) -> Response:
        """Send the browser to the provider with a placeholder session."""
        return await self.begin(request, self.allowed_redirect(request.query.get("rd")))

    async def begin(self, request: Request, redirect: str) -> Response:
        """Begin a login that ends at `redirect`, whatever it is: the caller has checked it.

        A session that cannot be kept is a 400: nothing would be there to come back to (section 2).
        """
        if self._profile.malformed_cookie_passes and self._is_malformed(request):
            return Response(200)  # the error path that wrote no status
        session = self._begun(request)
        try:
            state = self._signer.issue(session.id, redirect)
            url = await self._provider.authorize_url(state, self._callback_url)
            self._store.save(session)
        except ProviderError as error:
            return Response.text(502, f"the identity provider cannot be asked: {error}")
        except StoreError as error:
            return self._full(error)
        return Response.redirect(url, (self._cookie.write(session),))

    def _is_malformed(self, request: Request) -> bool:
        return bool(self._cookie.carried(request)) and self._cookie.read(request) is None

    def _full(self, error: StoreError) -> Response:
        self._tell(f"login failed: {error}")
        return Response(400)

    def _begun(self, request: Request) -> Session:
        """Return the session of the browser, or a placeholder one second longer than the token."""
        session_id = self._cookie.read(request) or ""
        known = self._store.find(session_id)
        if known is not None and known.expires_at > time():
            return known
        session = Session.new(self._settings.session_seconds + 1)
        adopted = self._profile.adopts_unknown_id and known is None and _ID.fullmatch(session_id)
        return replace(session, id=session_id) if adopted else session

    async def callback(self, request: Request) -> Response:
        """Take the code, make the session an authenticated one and send the browser on."""
        home = self._settings.external_host
        session = self._store.find(self._cookie.read(request) or "")
        if session is None:
            status = self._profile.callback_without_session
            return Response.redirect(home) if status == 302 else Response(status)
        query = request.query
        try:
            redirect = self._signer.redirect_of(query.get("state", ""), session.id) or home
        except BadState:
            redirects = self._profile.bad_state_status == 302
            return Response.redirect(home) if redirects else Response(400)
        if not query.get("code"):
            return Response(400)
        return await self._redeemed(session, query["code"], redirect)

    async def _redeemed(self, session: Session, code: str, redirect: str) -> Response:
        try:
            grant = await self._provider.redeem(code, self._callback_url)
            jwks = await self._provider.jwks_url()
        except TokenExpired:
            clears = self._profile.expired_token_clears_cookie
            return Response.redirect(redirect, (self._cookie.clear(),) if clears else ())
        except ProviderError as error:
            self._tell(f"login failed: {error}")
            return Response.redirect(redirect)  # the flow starts again there
        try:
            session = self.logged_in(session, grant, jwks)
        except StoreError as error:
            return self._full(error)
        return Response.redirect(redirect, (self._cookie.write(session),))

    def logged_in(self, session: Session, grant: Grant, jwks: str) -> Session:
        """Save and return a session that knows who is there; its life is absolute.

        Raises:
            StoreError: it cannot be saved.
        """
        limit = time() + self._settings.session_seconds
        session = replace(
            session,
            sub=str(grant.claims["sub"]),
            claims=grant.claims,
            token=grant.token,
            jwks=jwks,
            expires_at=min(grant.expires_at, limit),
        )
        self._store.save(session)
        return session

    async def sign_out(self, request: Request) -> Response:
        """End all sessions of the subject, then the one at the provider."""
        session = self._store.find(self._cookie.read(request) or "")
        if session is None or not session.authenticated:
            return Response.redirect(self.start_url(self._settings.external_host))
        self._store.end(session.sub)
        clear = (self._cookie.clear(),) if self._profile.sign_out_clears_cookie else ()
        try:
            url = await self._provider.end_session_url(session.token)
        except ProviderError:
            url = self._settings.external_host  # here, at least, the sessions are gone
        return Response.redirect(url, clear)
