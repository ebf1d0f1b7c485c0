"""nginx `auth_request`: 200 or 401; the edge makes its own redirect (contract 1.2)."""

from urllib.parse import urljoin, urlsplit

from proxyproof.outpost.dialects import Dialect, Refusal
from proxyproof.outpost.settings import Settings
from proxyproof.outpost.transfer.message import Request, Response


def original_url(request: Request, settings: Settings) -> str:
    """Return what X-Original-URL says; under Go the path in X-Original-URI wins."""
    url = request.first(b"x-original-url") or ""
    path = request.first(b"x-original-uri") if settings.profile.original_uri else None
    if path is not None:
        host = request.first(b"x-forwarded-host") or request.first(b"host") or ""
        return urljoin(f"{request.scheme}://{host}/", "/" + path.lstrip("/"))
    parts = urlsplit(url)
    if not parts.scheme or not parts.netloc:
        raise ValueError("X-Original-URL is missing or no absolute URL")
    return url


async def refuse(refusal: Refusal) -> Response:
    """Return the 401 that `error_page` turns into a redirect; never a Location."""
    return Response.text(401, "unauthorized request", fields=refusal.set_cookie)


DIALECT = Dialect("nginx", original_url, refuse, own_paths_pass=True)
