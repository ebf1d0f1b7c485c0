"""Faults that only a chain of two proxies shows."""

from proxy.faults.edges.inner import OF_INNER
from proxy.faults.edges.nginx import OF_NGINX
from proxy.faults.edges.traefik import OF_TRAEFIK

FAULTS = (*OF_NGINX, *OF_TRAEFIK, *OF_INNER)
