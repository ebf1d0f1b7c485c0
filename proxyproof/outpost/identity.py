"""The identity fields that tell the application who is there (contract 3.1)."""

import base64
import re
from collections.abc import Iterator
from typing import Any

from proxyproof.outpost.sessions.store import Session
from proxyproof.outpost.settings import Settings
from proxyproof.outpost.transfer.message import Field, Fields

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
# Neither a control but the tab, nor half of a surrogate pair. A token has a thousand characters and
# is told with each answer: they are not to be looked at one by one.
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\ud7ff\ue000-\U0010ffff]*")

PREFIX = b"x-authentik-"


class Identity:
    """Tells of a session what the settings say: the twelve fields, and what was added to them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._profile = settings.profile

    def fields(self, session: Session) -> Fields:
        """Return the fields of one session, claims as of the login.

        The twelve names first, then the Authorization for the application, then what the attribute
        `additionalHeaders` adds or overwrites. What is no legal field is left out, as the Rust
        outpost does.
        """
        pairs = dict(self._standard(session))
        if self._settings.basic_auth_enabled:
            pairs.update(self._authorization(session.claims))
        for name, value in _additional(session.claims):
            pairs[_spelling(name, pairs)] = value
        if self._profile.canonical_identity:
            pairs = {name.title(): value for name, value in pairs.items()}
        return tuple(_field(name, value) for name, value in pairs.items() if is_legal(name, value))

    def _standard(self, session: Session) -> Iterator[tuple[str, str]]:
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
        yield "X-authentik-meta-outpost", self._settings.outpost_name
        yield "X-authentik-meta-provider", self._settings.provider_name
        yield "X-authentik-meta-app", self._settings.app_slug
        yield "X-authentik-meta-version", f"goauthentik.io/outpost/{self._profile.version}"

    def _authorization(self, claims: dict[str, Any]) -> dict[str, str]:
        """Return user and password of the application, from attributes of the user."""
        attributes = _attributes(claims)
        user = attributes.get(self._settings.basic_auth_user_attribute)
        password = attributes.get(self._settings.basic_auth_password_attribute)
        user = user if isinstance(user, str) else str(claims.get("email") or "")
        password = password if isinstance(password, str) else ""
        if not password and not (user and self._profile.basic_without_password):
            return {}
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}


def of_proxy(claims: dict[str, Any], name: str) -> object:
    """Return what the claim `ak_proxy`, meant for the outpost alone, says under a name."""
    proxy = claims.get("ak_proxy")
    return proxy.get(name) if isinstance(proxy, dict) else None


def _attributes(claims: dict[str, Any]) -> dict[str, Any]:
    attributes = of_proxy(claims, "user_attributes")
    return attributes if isinstance(attributes, dict) else {}


def _joined(names: object) -> str:
    return "|".join(map(str, names)) if isinstance(names, list) else ""


def _additional(claims: dict[str, Any]) -> Iterator[tuple[str, str]]:
    extra = _attributes(claims).get("additionalHeaders")
    for name, value in extra.items() if isinstance(extra, dict) else ():
        if isinstance(value, str | int | float):
            yield str(name), str(value)


def _spelling(name: str, pairs: dict[str, str]) -> str:
    return next((known for known in pairs if known.lower() == name.lower()), name)


def is_legal(name: str, value: str) -> bool:
    """Whether name and value may be those of a field (RFC 9110 5.1, 5.5)."""
    return _TOKEN.fullmatch(name) is not None and _VALUE.fullmatch(value) is not None


def _field(name: str, value: str) -> Field:
    return name.encode(), value.encode().strip()


def is_identity(name: bytes) -> bool:
    """Whether a field name is, or could be taken for, that of an identity field (contract 3.2).

    Frameworks that turn field names into variables read `X_authentik_username` as the same name.
    """
    return name.lower().replace(b"_", b"-").startswith(PREFIX)
