'''The configuration file of the outpost: one TOML document.

All keys (those marked * are required; durations are seconds, fractions allowed)::

    listen = "127.0.0.1:9000"            # *  port 0 takes a free one, told in the "ready" line
    tls_cert = "cert.pem"                #    both, or neither for plain HTTP
    tls_key = "key.pem"
    control = "127.0.0.1:9300"           #    control listener; none if absent
    mode = "proxy"                       #    or "forward_single"
    external_host = "https://localhost:8443"   # *  as the browser sees the application
    internal_host = "http://127.0.0.1:8000"    # *  in proxy mode
    internal_host_ssl_validation = true
    internal_ca = "ca.pem"               #    whom to trust for an https internal_host
    client_id = "proxyproof"             # *
    client_secret = "..."                # *
    cookie_secret = "..."                # *  at least 32 bytes
    cookie_domain = ""
    issuer = "http://127.0.0.1:5000"     # *  the provider as the outpost reaches it
    browser_issuer = "http://localhost:5000"   # as the browser reaches it; default: issuer
    issuer_ca = "ca.pem"
    scopes = "openid profile email"
    session_seconds = 86400              #    life of a login, at most that of the provider's token
    session_store = "memory"             #    or a folder, which keeps sessions over a restart
    trusted_proxies = ["127.0.0.0/8", "10.0.0.0/8", ...]   # default: loopback, RFC 1918, fe80::/10
    skip_path_regex = """                #    one pattern a line, searched in the path
    ^/api/health$
    """
    intercept_header_auth = true
    outpost_name = "proxyproof"          #    the X-authentik-meta-* values
    provider_name = "proxyproof"
    app_slug = "proxyproof"
    profile = "rust-2026.8"              #    or "go-2025.12"
    faults = ["strips-upgrade"]          #    names in proxyproof.outpost.faults.FAULTS
    fault_seconds = 0.5                  #    the duration that the timed faults use

    [quirks]                             #    any attribute of profiles.Profile but its name
    write_deadline_seconds = 2.0

Paths are relative to the folder of the file.
'''

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from proxyproof.outpost.profiles import PROFILES, RUST_2026_8, Profile

Network = IPv4Network | IPv6Network

PRIVATE_NETWORKS = (
    "127.0.0.0/8",
    "::1/128",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "fe80::/10",
)
"""Whose forwarded fields are believed by default (contract section 0)."""


class SettingsError(Exception):
    """The configuration cannot be used; the message is one line for a person."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The configuration, checked; the module's docstring names every key."""

    listen: tuple[str, int]
    external_host: str
    client_id: str
    client_secret: str
    cookie_secret: str
    issuer: str
    browser_issuer: str = ""
    issuer_ca: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    control: tuple[str, int] | None = None
    mode: str = "proxy"
    internal_host: str = ""
    internal_host_ssl_validation: bool = True
    internal_ca: Path | None = None
    cookie_domain: str = ""
    scopes: str = "openid profile email"
    session_seconds: float = 86400.0
    session_store: Path | None = None
    trusted_proxies: tuple[Network, ...] = tuple(map(ip_network, PRIVATE_NETWORKS))
    skip_path_regex: str = ""
    intercept_header_auth: bool = True
    outpost_name: str = "proxyproof"
    provider_name: str = "proxyproof"
    app_slug: str = "proxyproof"
    profile: Profile = RUST_2026_8
    faults: tuple[str, ...] = ()
    fault_seconds: float = 0.5

    @property
    def authority(self) -> str:
        """Host and port of the application as the browser writes them."""
        return urlsplit(self.external_host).netloc.lower()


def load(path: Path) -> Settings:
    """Read a configuration file.

    Raises:
        SettingsError: it cannot be read, is not TOML, or says something that cannot be.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}") from error
    try:
        return parse(table, path.parent)
    except (ValueError, TypeError) as error:
        raise SettingsError(f"{path}: {error}") from error


def parse(table: Mapping[str, Any], folder: Path = Path()) -> Settings:
    """Return the settings of a parsed document.

    Raises:
        ValueError: a key is unknown or missing, or a value cannot be.
    """
    given = dict(table)
    quirks = given.pop("quirks", {})
    names = {field.name for field in fields(Settings)}
    unknown = sorted(set(given) - names)
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}: known are {', '.join(sorted(names))}")
    converted = {key: _convert(key, value, folder) for key, value in given.items()}
    _require(converted)
    profile: Profile = converted.get("profile", RUST_2026_8)
    converted["profile"] = profile.overridden(quirks)
    return Settings(**converted)


def _convert(key: str, value: Any, folder: Path) -> Any:  # noqa: ANN401 (TOML values)
    if key in ("tls_cert", "tls_key", "internal_ca", "issuer_ca"):
        return folder / value
    if key == "session_store":
        return None if value == "memory" else folder / value
    read = _READERS.get(key)
    return read(key, value) if read is not None else _plain(key, value)


def _plain(key: str, value: Any) -> Any:  # noqa: ANN401 (TOML values)
    kind = {field.name: field.type for field in fields(Settings)}[key]
    accepted: Any = (int, float) if kind is float else kind
    if not isinstance(value, accepted) or isinstance(value, bool) != (kind is bool):
        raise ValueError(f"{key} must be {getattr(kind, '__name__', kind)}, not {value!r}")
    return value


def _address(key: str, value: object) -> tuple[str, int]:
    host, colon, port = str(value).rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise ValueError(f'{key} must be "host:port", not {value!r}')
    return host.strip("[]"), int(port)


def _url(key: str, value: object) -> str:
    parts = urlsplit(str(value))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{key} must be an http or https URL, not {value!r}")
    return str(value).rstrip("/")


def _profile(_: str, value: object) -> Profile:
    if value not in PROFILES:
        raise ValueError(f"unknown profile {value!r}: known are {', '.join(PROFILES)}")
    return PROFILES[str(value)]


def _strings(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{key} must be a list of strings, not {value!r}")
    return tuple(value)


def _networks(key: str, value: object) -> tuple[Network, ...]:
    return tuple(ip_network(item) for item in _strings(key, value))


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "listen": _address,
    "control": _address,
    "external_host": _url,
    "internal_host": _url,
    "issuer": _url,
    "browser_issuer": _url,
    "trusted_proxies": _networks,
    "profile": _profile,
    "faults": _strings,
}


def _require(given: Mapping[str, Any]) -> None:
    needed = ["listen", "external_host", "client_id", "client_secret", "cookie_secret", "issuer"]
    mode = given.get("mode", "proxy")
    if mode not in ("proxy", "forward_single"):
        raise ValueError(f"mode must be 'proxy' or 'forward_single', not {mode!r}")
    missing = [
        key
        for key in [*needed, *(["internal_host"] if mode == "proxy" else [])]
        if key not in given
    ]
    if missing:
        raise ValueError(f"{missing[0]} is missing")
    if len(given["cookie_secret"].encode()) < 32:
        raise ValueError("cookie_secret must have at least 32 bytes")
    if ("tls_cert" in given) != ("tls_key" in given):
        raise ValueError("tls_cert and tls_key go together: give both or neither")
