"""Traefik `forwardAuth`: 200, or the redirect to the provider itself (contract 1.2)."""

from proxyproof.outpost.dialects import Dialect, lead_to_login
from proxyproof.outpost.dialects.forwarded import original_url

DIALECT = Dialect("traefik", original_url, lead_to_login, signed_urls=True)
