"""Envoy `ext_authz`: the original path follows the name in the target (contract 1.2).

200, or the redirect to the provider itself. A callback or sign-out needs no word of its own here:
its query is that of the auth request.
"""

from urllib.parse import urlsplit

from proxyproof.outpost.dialects import AUTH, Dialect, lead_to_login
from proxyproof.outpost.settings import Settings
from proxyproof.outpost.transfer.message import Request

NAME = "envoy"


def original_url(request: Request, settings: Settings) -> str:
    """Return the rest of the target at the host of the request.

    Envoy sends none of the X-Forwarded-* fields along: the scheme is that of the application.

    Raises:
        ValueError: the request names no host.
    """
    host = request.first(b"host")
    if not host:
        raise ValueError("Host is missing")
    path = request.target.decode("latin-1").removeprefix(f"{AUTH}/{NAME}")
    return f"{urlsplit(settings.external_host).scheme}://{host}/{path.removeprefix('/')}"


DIALECT = Dialect(NAME, original_url, lead_to_login, takes_path=True)
