"""The certificates and the trust of the outpost's three kinds of connection."""

import ssl
from pathlib import Path

from proxyproof.outpost.settings import Settings, SettingsError


def server_tls(settings: Settings) -> ssl.SSLContext | None:
    """Return what the outpost shows to clients; none for plain HTTP."""
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except OSError as error:
        raise SettingsError(
            f"cannot use {settings.tls_cert} with {settings.tls_key}: {error}"
        ) from error
    return context


def upstream_tls(settings: Settings) -> ssl.SSLContext | None:
    """Return how the upstream is verified; HTTP/1.1 only, so that an upgrade is possible (4.2)."""
    context = trust(settings.internal_host, settings.internal_ca)
    if context is None:
        return None
    context.set_alpn_protocols(["http/1.1"])
    if not settings.internal_host_ssl_validation:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def trust(url: str, authority: Path | None) -> ssl.SSLContext | None:
    """Return whom to trust at `url`: one authority, or those of the system; none for plain HTTP."""
    if not url.startswith("https:"):
        return None
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as error:
        raise SettingsError(f"cannot read the CA {authority}: {error}") from error
