"""The original URL in three fields, as Traefik and Caddy tell it (contract 1.2)."""

from urllib.parse import urlsplit

from proxyproof.outpost.settings import Settings
from proxyproof.outpost.transfer.message import Request


def original_url(request: Request, settings: Settings) -> str:
    """Return X-Forwarded-Proto, -Host and -Uri joined, as they came.

    Traefik says `ws` or `wss` of an upgrade, and so does the URL then (5.4).

    Raises:
        ValueError: scheme or host are missing: the edge does not tell them, or is not believed.
    """
    proto, host, uri = (
        request.first(b"x-forwarded-" + name) or "" for name in (b"proto", b"host", b"uri")
    )
    url = f"{proto}://{host}{uri}"
    parts = urlsplit(url)
    if not parts.scheme or not parts.netloc:
        raise ValueError("X-Forwarded-Proto or X-Forwarded-Host is missing")
    return url
