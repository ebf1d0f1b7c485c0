'''The configuration file of the outpost: one TOML document.

All keys (those marked * are required; durations are seconds, fractions allowed)::

    listen = "127.0.0.1:9000"            # *  port 0 takes a free one, told in the "ready" line
    tls_cert = "cert.pem"                #    both, or neither for plain HTTP
    tls_key = "key.pem"
    control = "127.0.0.1:9300"           #    control listener; none if absent
    mode = "proxy"                       #    or "forward_single", "forward_domain"
    external_host = "https://localhost:8443"   # *  as the browser sees the application;
                                         #    in forward_domain the host of the login
    internal_host = "http://127.0.0.1:8000"    # *  in proxy mode
    internal_host_ssl_validation = true
    internal_ca = "ca.pem"               #    whom to trust for an https internal_host
    client_id = "proxyproof"             # *
    client_secret = "..."                # *
    cookie_secret = "..."                # *  at least 32 bytes
    cookie_domain = "example.com"        #    all hosts below it: required in forward_domain
    issuer = "http://127.0.0.1:5000"     # *  the provider as the outpost reaches it
    browser_issuer = "http://localhost:5000"   # as the browser reaches it; default: issuer
    issuer_ca = "ca.pem"
    scopes = "openid profile email"
    session_seconds = 86400              #    life of a login, at most that of the provider's token
    session_store = "memory"             #    or a folder, which keeps sessions over a restart
    trusted_proxies = ["127.0.0.0/8", "10.0.0.0/8", ...]   # default: loopback, RFC 1918, fe80::/10
    # One pattern a line, searched in the path; in forward_domain in the whole URL.
    skip_path_regex = """
    ^/api/health$
    """
    intercept_header_auth = true         #    proxy mode: 401 for an Authorization in vain
    basic_auth_enabled = false           #    tell the application user and password
    basic_auth_user_attribute = ""       #    user attributes that hold them; default: the e-mail
    basic_auth_password_attribute = ""
    outpost_name = "proxyproof"          #    the X-authentik-meta-* values
    provider_name = "proxyproof"
    app_slug = "proxyproof"
    profile = "rust-2026.8"              #    or "go-2025.12"
    faults = ["upgrade-dropped"]         #    names in proxyproof.outpost.faults.FAULTS
    fault_seconds = 0.5                  #    the duration that the timed faults use

    [quirks]                             #    any attribute of profiles.Profile but its name
    write_deadline_seconds = 2.0

Paths are relative to the folder of the file.
'''

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from proxyproof.outpost.profiles import RUST_2026_8, Profile
from proxyproof.outpost.values import Mode, Network, converted

PRIVATE_NETWORKS = (
    "127.0.0.0/8",
    "::1/128",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "fe80::/10",
)
"""Whose forwarded fields are believed by default (contract section 0)."""


_PORT = re.compile(r":\d*$")


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
    mode: Mode = "proxy"
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
    basic_auth_enabled: bool = False
    basic_auth_user_attribute: str = ""
    basic_auth_password_attribute: str = ""
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

    def serves(self, host: str) -> bool:
        """Whether requests for this authority are ours, by name or by domain (contract 1.1)."""
        if not host or host == self.authority or self.profile.any_host:
            return bool(host)
        name = _PORT.sub("", host)
        domain = self.cookie_domain.lstrip(".")
        return self.mode == "forward_domain" and self.profile.within(name, domain)

    def in_domain(self, host: str) -> bool:
        """Whether a login may end at this host name, where a whole domain is served (5.4)."""
        return self.profile.within(host, self.cookie_domain)


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
    if not isinstance(quirks, dict):
        raise ValueError(f"quirks must be a table, not {quirks!r}")
    names = {field.name: field.type for field in fields(Settings)}
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}: known are {', '.join(sorted(names))}")
    read = {key: converted(key, value, names[key], folder) for key, value in given.items()}
    _require(read)
    profile: Profile = read.get("profile", RUST_2026_8)
    read["profile"] = profile.overridden(quirks)
    return Settings(**read)


def _require(given: Mapping[str, Any]) -> None:
    needed = ["listen", "external_host", "client_id", "client_secret", "cookie_secret", "issuer"]
    mode = given.get("mode", "proxy")
    needed += {"proxy": ["internal_host"], "forward_domain": ["cookie_domain"]}.get(mode, [])
    missing = [key for key in needed if not given.get(key)]
    if missing:
        raise ValueError(f"{missing[0]} is missing")
    if len(given["cookie_secret"].encode()) < 32:
        raise ValueError("cookie_secret must have at least 32 bytes")
    if ("tls_cert" in given) != ("tls_key" in given):
        raise ValueError("tls_cert and tls_key go together: give both or neither")
    _require_domain(given.get("cookie_domain", ""), given["external_host"])


def _require_domain(domain: str, external_host: str) -> None:
    """A browser drops a cookie for a domain that the host of the login is not in."""
    host = urlsplit(external_host).hostname or ""
    if domain and not f".{host}".endswith(f".{domain.lstrip('.')}"):
        raise ValueError(f"external_host {external_host} is not in cookie_domain {domain!r}")
