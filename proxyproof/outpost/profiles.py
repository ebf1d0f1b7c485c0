"""The two real implementations as data: a frozen set of named quirks each.

Section numbers are those of the outpost contract this project follows.
Any quirk can be overridden by its name in the `[quirks]` table of the configuration file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal, get_args, get_origin, get_type_hints

Forwarding = Literal["trusted", "keep", "discard"]
Clearing = Literal["unknown", "any", "never"]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How one implementation behaves where they differ, or where a deployment may choose.

    Attributes:
        name: the profile that this one is, or was made from.
        write_deadline_seconds: absolute limit of an ordinary response from the end of the request
            head, 0 for none; upgraded connections are exempt (4.1).
        head_timeout_seconds: 408 when no response head came by then, 0 for none (4.2).
        idle_seconds: a client connection without a request is closed after this (4.1).
        max_head_bytes: a larger request head is answered 431 (4.1).
        swallows_abort: an upstream that aborts a chunked body looks like a clean end (4.1).
        half_close: the end of one direction of a tunnel leaves the other open (4.2).
        tunnelled: the protocols that an upgrade may ask for; both implementations tunnel any,
            which opens the gate to h2c, so this one departs from them on purpose.
        redirect_keeps_query: `rd` of the login redirect has the query, not the path alone (1.2).
        original_uri: `auth/nginx` accepts `X-Original-URI`, which wins (1.2).
        any_host: the only application answers for every host (1.1).
        callback_without_session: status when no session cookie comes to the callback (1.4).
        signed_cookie: the cookie value is the session id and its signature (2).
        cookie_expires: the session cookie also has `Expires` (2).
        stale_cookie: which dead session cookies a refusal removes from the browser (2.2).
        sign_out_clears_cookie: sign-out removes the cookie too (2.1).
        ends_streams: open streams of a session end with it; the real ones let them live (2).
        strips_session_cookie: the upstream does not see our cookie; it does in reality (3.3).
        allowlist_strips_identity: a client's own identity fields are removed on allowlisted
            paths too; they are not in reality (3.2).
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
    write_deadline_seconds: float = 0.0
    head_timeout_seconds: float = 0.0
    idle_seconds: float = 120.0
    max_head_bytes: int = 1024 * 1024
    swallows_abort: bool = False
    half_close: bool = True
    tunnelled: tuple[str, ...] = ("websocket",)
    redirect_keeps_query: bool = True
    original_uri: bool = False
    any_host: bool = False
    callback_without_session: int = 302
    signed_cookie: bool = True
    cookie_expires: bool = False
    stale_cookie: Clearing = "unknown"
    sign_out_clears_cookie: bool = True
    ends_streams: bool = False
    strips_session_cookie: bool = False
    allowlist_strips_identity: bool = False
    nominated_fields_leak: bool = False
    forwarding: Forwarding = "trusted"
    cached_bearer_reaches_upstream: bool = False
    header_auth_cache_seconds: float = 60.0
    powered_by: str = "authentik"
    powered_by_everywhere: bool = True
    sweep_seconds: float = 300.0

    def overridden(self, quirks: Mapping[str, object]) -> "Profile":
        """Return a copy with quirks replaced by name.

        Raises:
            ValueError: no such quirk, or a value of the wrong kind.
        """
        known = {field.name for field in fields(self)} - {"name"}
        for name, value in quirks.items():
            if name not in known:
                raise ValueError(f"unknown quirk {name!r}: known are {', '.join(sorted(known))}")
            _check(name, value)
        return replace(self, **{name: _frozen(value) for name, value in quirks.items()})  # type: ignore[arg-type]


def _check(name: str, value: object) -> None:
    kind = get_type_hints(Profile)[name]
    if get_origin(kind) is Literal:
        fits, expected = value in get_args(kind), " or ".join(map(repr, get_args(kind)))
    elif get_origin(kind) is tuple:
        fits = isinstance(value, list) and all(isinstance(item, str) for item in value)
        expected = "a list of strings"
    else:
        accepted = (int, float) if kind is float else kind
        fits = isinstance(value, accepted) and isinstance(value, bool) == (kind is bool)
        expected = kind.__name__
    if not fits:
        raise ValueError(f"quirk {name!r} must be {expected}, not {value!r}")


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


RUST_2026_8 = Profile(
    name="rust-2026.8",
    head_timeout_seconds=215.0,  # 4.2: the four timeouts of the Go server added up
)

GO_2025_12 = Profile(
    name="go-2025.12",
    write_deadline_seconds=60.0,  # 4.1: PR #17858
    swallows_abort=True,  # 4.1: the handler recovers from ErrAbortHandler
    redirect_keeps_query=False,  # 1.2
    original_uri=True,  # 1.2
    any_host=True,  # 1.1
    callback_without_session=400,  # 1.4: the state belongs to another session
    signed_cookie=False,  # 2: the session key itself, as the embedded outpost's store has it
    cookie_expires=True,  # 2
    stale_cookie="any",  # 2.2
    sign_out_clears_cookie=False,  # 2.1
    forwarding="keep",  # 3.3: Director style
    cached_bearer_reaches_upstream=True,  # 3.3
    powered_by="goauthentik.io",  # 1.2
    powered_by_everywhere=False,  # 1.2
)

PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in (RUST_2026_8, GO_2025_12)}
