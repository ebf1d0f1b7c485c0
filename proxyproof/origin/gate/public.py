"""How the client addressed the application, before a proxy rewrote the request."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from proxyproof.origin.head import RequestHead


def public_host(head: RequestHead, *, trusted: bool) -> str:
    """Host and port in the client's eyes; X-Forwarded-Host counts from a trusted peer only."""
    forwarded = head.first("X-Forwarded-Host") if trusted else None
    return (forwarded or head.first("Host") or "").partition(",")[0].strip()


def public_url(head: RequestHead, *, trusted: bool) -> str:
    """The URL in the client's eyes."""
    forwarded = head.first("X-Forwarded-Proto") if trusted else None
    scheme = forwarded or ("https" if head.secure else "http")
    return f"{scheme}://{public_host(head, trusted=trusted)}{head.target}"


def allows_page(head: RequestHead, allowed: Sequence[str] | None, *, trusted: bool) -> bool:
    """True if a page of the origin named in the Origin field may open a WebSocket (RFC 6455 10.2).

    Without the field the client is no browser, and no cookie was sent by a page unasked.
    """
    pages = head.all("Origin")
    if not pages:
        return True
    if len(pages) > 1:
        return False
    if allowed is not None:
        return pages[0].rstrip("/").lower() in {page.rstrip("/").lower() for page in allowed}
    page = urlsplit(pages[0].lower())
    return bool(page.netloc) and _without_default(page.netloc, page.scheme) == _without_default(
        public_host(head, trusted=trusted).lower(), page.scheme
    )


def _without_default(host: str, scheme: str) -> str:
    return host.removesuffix(":443" if scheme == "https" else ":80")
