"""The identity fields that tell the application who is there (contract 3.1)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from proxyproof.outpost.sessions.store import Session
from proxyproof.outpost.transfer.message import Field, Fields

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")

PREFIX = b"x-authentik-"


@dataclass(frozen=True)
class Meta:
    """The values that do not depend on the user."""

    outpost: str
    provider: str
    app: str
    version: str = "goauthentik.io/outpost/2026.8.0"


def identity_fields(session: Session, meta: Meta) -> Fields:
    """Return the fields of one session, claims as of the login.

    The twelve names first, then what the attribute `additionalHeaders` adds or overwrites. What is
    no legal field is left out, as the Rust outpost does.
    """
    pairs = dict(_standard(session, meta))
    for name, value in _additional(session.claims):
        pairs[_spelling(name, pairs)] = value
    return tuple(_field(name, value) for name, value in pairs.items() if _is_legal(name, value))


def _standard(session: Session, meta: Meta) -> Iterator[tuple[str, str]]:
    claims = session.claims
    # A provider that keeps no user names at least knows the subject.
    yield "X-authentik-username", str(claims.get("preferred_username") or session.sub)
    yield "X-authentik-groups", _joined(claims.get("groups"))
    yield "X-authentik-entitlements", _joined(claims.get("entitlements"))
    yield "X-authentik-email", str(claims.get("email") or "")
    yield "X-authentik-name", str(claims.get("name") or "")
    yield "X-authentik-uid", session.sub
    yield "X-authentik-jwt", session.token
    yield "X-authentik-meta-jwks", session.jwks
    yield "X-authentik-meta-outpost", meta.outpost
    yield "X-authentik-meta-provider", meta.provider
    yield "X-authentik-meta-app", meta.app
    yield "X-authentik-meta-version", meta.version


def _joined(names: object) -> str:
    return "|".join(map(str, names)) if isinstance(names, list) else ""


def _additional(claims: dict[str, Any]) -> Iterator[tuple[str, str]]:
    proxy = claims.get("ak_proxy")
    attributes = proxy.get("user_attributes") if isinstance(proxy, dict) else None
    extra = attributes.get("additionalHeaders") if isinstance(attributes, dict) else None
    for name, value in extra.items() if isinstance(extra, dict) else ():
        if isinstance(value, str | int | float):
            yield str(name), str(value)


def _spelling(name: str, pairs: dict[str, str]) -> str:
    return next((known for known in pairs if known.lower() == name.lower()), name)


def _is_legal(name: str, value: str) -> bool:
    """Whether name and value may be those of a field (RFC 9110 5.1, 5.5)."""
    return _TOKEN.fullmatch(name) is not None and all(
        char == "\t" or (char >= " " and char != "\x7f") for char in value
    )


def _field(name: str, value: str) -> Field:
    return name.encode(), value.encode().strip()


def is_identity(name: bytes) -> bool:
    """Whether a field name is, or could be taken for, that of an identity field (contract 3.2).

    Frameworks that turn field names into variables read `X_authentik_username` as the same name.
    """
    return name.lower().replace(b"_", b"-").startswith(PREFIX)
