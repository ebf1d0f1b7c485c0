"""The two real implementations as data: a frozen set of named quirks each.

Section numbers are those of the outpost contract this project follows.
Any quirk can be overridden by its name in the `[quirks]` table of the configuration file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal, get_type_hints

from proxyproof.outpost.kinds import check

Forwarding = Literal["trusted", "keep", "discard"]
Clearing = Literal["unknown", "any", "never"]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How one implementation behaves where they differ, or where a deployment may choose.

    Attributes:
        name: the profile that this one is, or was made from.
        version: the release that `X-authentik-meta-version` names (3.1).
        write_deadline_seconds: absolute limit of an ordinary response from the end of the request
            head, 0 for none; upgraded connections are exempt (4.1).
        head_timeout_seconds: 408 when no response head came by then, 0 for none (4.2).
        read_head_seconds: a request head must be complete within this after its first byte, 0 for
            no limit (4.1).
        read_body_seconds: so must a request body after the head, 0 for no limit (4.1).
        idle_seconds: a client connection without a request is closed after this (4.1).
        max_head_bytes: a larger request head is answered 431 (4.1).
        swallows_abort: an upstream that aborts a chunked body looks like a clean end (4.1).
        compresses: what is proxied is compressed for clients that accept gzip, as in some
            versions of the embedded Go outpost (4.1).
        drains_on_stop: a stop waits for responses to end, with no limit; tunnels are dropped (4.1).
        literal_upgrade: the protocol of a 101 is compared letter by letter with the one asked for:
            `WebSocket` for `websocket` is a 502 (4.2, #26281); ours departs from it on purpose.
        half_close: the end of one direction of a tunnel leaves the other open (4.2).
        tunnelled: the protocols that an upgrade may ask for; both implementations tunnel any,
            which opens the gate to h2c, so this one departs from them on purpose (4.2).
        redirect_keeps_query: `rd` of the login redirect has the query, not the path alone (1.2).
        original_uri: `auth/nginx` accepts `X-Original-URI`, which wins (1.2).
        envoy_bare_path: `auth/envoy` is registered without the path behind it: 404 (1.2).
        malformed_cookie_passes: a forward-auth login that cannot be begun since the cookie is
            malformed is answered 200, until 2025.12.4 (1.4, CVE-2026-25748).
        static_path: `/outpost.goauthentik.io/static/` is ours, for any host; no assets are
            shipped, so it is 404 (1.2).
        unknown_host_status: for a host without application; the embedded outpost leaves it to the
            core, which says 404 (1.1).
        domain_boundary: a host is in a domain only behind a dot; in reality `evilexample.com` is
            in `example.com` (1.1, 5.4).
        any_host: the only application answers for every host (1.1).
        callback_without_session: status when no session cookie comes to the callback (1.4).
        bad_state_status: a state that is missing, forged or of another session: 400, or 302 to
            the application as in the newest Go (1.4).
        expired_token_clears_cookie: a callback that gets a token past its time removes the cookie
            (1.4).
        adopts_unknown_id: a session id that nobody knows becomes that of the new session, so one
            that an attacker chose survives the login (2.2).
        signed_cookie: the cookie value is the session id and its signature (2).
        cookie_expires: the session cookie also has `Expires` (2).
        stale_cookie: which dead session cookies a refusal removes from the browser (2.2).
        sign_out_clears_cookie: sign-out removes the cookie too (2.1).
        ignores_session_end: the core's word that a session has ended is only logged (2.1).
        ends_streams: open streams of a session end with it; the real ones let them live (2).
        strips_session_cookie: the upstream does not see our cookie; it does in reality (3.3).
        allowlist_strips_identity: a client's own identity fields are removed on allowlisted
            paths too; they are not in reality (3.2).
        drops_underscored: every field with an underscore in its name is kept from the upstream,
            not those alone that could be taken for identity (3.2).
        canonical_identity: identity fields are spelled `X-Authentik-Username` (3.1).
        basic_without_password: the Authorization for the application is sent even if the
            attribute of the password is empty; newer versions send none (3.1).
        nominated_fields_leak: fields named in `Connection` are passed on (3.3).
        forwarding: `trusted` believes X-Forwarded-* from trusted peers, `keep` from anyone,
            `discard` from nobody (3.3).
        cached_bearer_reaches_upstream: a hit in the header-auth cache leaves `Authorization` (3.3).
        header_auth_cache_seconds: how long an accepted `Authorization` is remembered (5.2).
        powered_by: value of `X-Powered-By` (1.2).
        powered_by_everywhere: on every response, not only on proxied ones (1.2).
        sweep_seconds: expired sessions are removed this often (2).
    """

    name: str
    version: str = "2026.8.0"
    write_deadline_seconds: float = 0.0
    head_timeout_seconds: float = 0.0
    read_head_seconds: float = 0.0
    read_body_seconds: float = 0.0
    idle_seconds: float = 120.0
    max_head_bytes: int = 1024 * 1024
    swallows_abort: bool = False
    compresses: bool = False
    drains_on_stop: bool = False
    literal_upgrade: bool = False
    half_close: bool = True
    tunnelled: tuple[str, ...] = ("websocket",)
    redirect_keeps_query: bool = True
    original_uri: bool = False
    envoy_bare_path: bool = False
    malformed_cookie_passes: bool = False
    static_path: bool = False
    unknown_host_status: Literal[400, 404] = 400
    domain_boundary: bool = False
    any_host: bool = False
    callback_without_session: Literal[302, 400] = 302
    bad_state_status: Literal[400, 302] = 400
    expired_token_clears_cookie: bool = True
    adopts_unknown_id: bool = False
    signed_cookie: bool = True
    cookie_expires: bool = False
    stale_cookie: Clearing = "unknown"
    sign_out_clears_cookie: bool = True
    ignores_session_end: bool = False
    ends_streams: bool = False
    strips_session_cookie: bool = False
    allowlist_strips_identity: bool = False
    drops_underscored: bool = False
    canonical_identity: bool = False
    basic_without_password: bool = False
    nominated_fields_leak: bool = False
    forwarding: Forwarding = "trusted"
    cached_bearer_reaches_upstream: bool = False
    header_auth_cache_seconds: float = 60.0
    powered_by: str = "authentik"
    powered_by_everywhere: bool = True
    sweep_seconds: float = 300.0

    def within(self, host: str, domain: str) -> bool:
        """Whether a host name is in a domain, by a plain test of its end (1.1, 5.4)."""
        if not self.domain_boundary:
            return host.endswith(domain)
        return f".{host}".endswith(f".{domain.lstrip('.')}")

    def overridden(self, quirks: Mapping[str, object]) -> "Profile":
        """Return a copy with quirks replaced by name.

        Raises:
            ValueError: no such quirk, or a value of the wrong kind.
        """
        known = {field.name for field in fields(self)} - {"name"}
        for name, value in quirks.items():
            if name not in known:
                raise ValueError(f"unknown quirk {name!r}: known are {', '.join(sorted(known))}")
            check(f"quirk {name!r}", value, get_type_hints(Profile)[name])
        return replace(self, **{name: _frozen(value) for name, value in quirks.items()})  # type: ignore[arg-type]


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


RUST_2026_8 = Profile(
    name="rust-2026.8",
    head_timeout_seconds=215.0,  # 4.2: the four timeouts of the Go server added up
)

GO_2025_12 = Profile(
    name="go-2025.12",
    version="2025.12.4",  # the fix of CVE-2026-25748 is in it (7)
    write_deadline_seconds=60.0,  # 4.1: PR #17858
    read_head_seconds=5.0,  # 4.1
    read_body_seconds=30.0,  # 4.1
    drains_on_stop=True,  # 4.1
    swallows_abort=True,  # 4.1: the handler recovers from ErrAbortHandler
    redirect_keeps_query=False,  # 1.2
    original_uri=True,  # 1.2
    static_path=True,  # 1.2
    any_host=True,  # 1.1
    callback_without_session=400,  # 1.4: the state belongs to another session
    expired_token_clears_cookie=False,  # 1.4: a token that does not verify, like any other
    adopts_unknown_id=True,  # 2.2: the same store
    signed_cookie=False,  # 2: the session key itself, as the embedded outpost's store has it
    cookie_expires=True,  # 2
    stale_cookie="any",  # 2.2
    sign_out_clears_cookie=False,  # 2.1
    drops_underscored=True,  # 3.2
    canonical_identity=True,  # 3.1
    forwarding="keep",  # 3.3: Director style
    cached_bearer_reaches_upstream=True,  # 3.3
    powered_by="goauthentik.io",  # 1.2
    powered_by_everywhere=False,  # 1.2
)

PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in (RUST_2026_8, GO_2025_12)}
