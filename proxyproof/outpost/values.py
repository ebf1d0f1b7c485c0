"""The values of the configuration file: what each key may hold, and what becomes of it."""

import re
from collections.abc import Callable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from proxyproof.outpost.kinds import check
from proxyproof.outpost.profiles import PROFILES, Profile

Network = IPv4Network | IPv6Network
Mode = Literal["proxy", "forward_single", "forward_domain"]

PATHS = frozenset(("tls_cert", "tls_key", "internal_ca", "issuer_ca"))

_DOMAIN = re.compile(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)*", re.IGNORECASE)


def converted(key: str, value: object, kind: object, folder: Path) -> Any:  # noqa: ANN401
    """Return the value of a key as the settings hold it.

    `kind` is the type of the setting, for keys that are taken as they are; paths are relative to
    `folder`.

    Raises:
        ValueError: the value cannot be.
    """
    if key in PATHS:
        return folder / _text(key, value)
    if key == "session_store":
        return None if value == "memory" else folder / _text(key, value)
    read = _READERS.get(key)
    if read is not None:
        return read(key, value)
    check(key, value, kind)
    return tuple(value) if isinstance(value, list) else value


def _text(key: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{key} must be a path, not {value!r}")
    return value


def _address(key: str, value: object) -> tuple[str, int]:
    host, colon, port = str(value).rpartition(":")
    if not colon or not (port.isascii() and port.isdecimal()) or int(port) > 65535:
        raise ValueError(f'{key} must be "host:port", not {value!r}')
    return host.strip("[]"), int(port)


def _url(key: str, value: object) -> str:
    wrong = ValueError(f"{key} must be an http or https URL, not {value!r}")
    try:
        parts = urlsplit(str(value))
        _ = parts.port  # a port that is no number shows only when it is asked for
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise wrong
    return str(value).rstrip("/")


def _profile(_: str, value: object) -> Profile:
    if not isinstance(value, str) or value not in PROFILES:
        raise ValueError(f"unknown profile {value!r}: known are {', '.join(PROFILES)}")
    return PROFILES[value]


def _domain(key: str, value: object) -> str:
    if value != "" and not (isinstance(value, str) and _DOMAIN.fullmatch(value)):
        raise ValueError(f"{key} must be a domain like example.com, not {value!r}")
    return str(value).lower()


def _networks(key: str, value: object) -> tuple[Network, ...]:
    check(key, value, tuple[str, ...])
    return tuple(ip_network(item) for item in value)  # type: ignore[attr-defined]


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "listen": _address,
    "control": _address,
    "external_host": _url,
    "internal_host": _url,
    "issuer": _url,
    "browser_issuer": _url,
    "cookie_domain": _domain,
    "trusted_proxies": _networks,
    "profile": _profile,
}
