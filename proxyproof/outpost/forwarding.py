"""Whose X-Forwarded-* fields are believed, and what the upstream is told (contract 3.3)."""

from dataclasses import replace
from ipaddress import ip_address

from proxyproof.outpost.profiles import Forwarding as Policy
from proxyproof.outpost.transfer.message import Field, Fields, Request, values, without
from proxyproof.outpost.values import Network

REPLACED = (b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"forwarded")


class Forwarding:
    """Applies one policy.

    Args:
        policy: `trusted`, `keep` or `discard`.
        networks: the peers that `trusted` means.
    """

    def __init__(self, policy: Policy, networks: tuple[Network, ...]) -> None:
        self._policy = policy
        self._networks = networks

    def believes(self, request: Request) -> bool:
        """Whether the forwarded fields of this request are taken as true."""
        if self._policy != "trusted":
            return self._policy == "keep"
        try:
            peer = ip_address(request.peer.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(peer, "ipv4_mapped", None) or peer
        return any(mapped in network for network in self._networks)

    def believed(self, request: Request) -> Request:
        """Return the request without the forwarded fields that are not believed."""
        if self.believes(request):
            return request
        return replace(request, fields=without(request.fields, *REPLACED, b"x-forwarded-uri"))

    def host(self, request: Request) -> str:
        """Return the authority that the browser asked for, in lower case."""
        forwarded = request.first(b"x-forwarded-host") if self.believes(request) else None
        return (forwarded or request.first(b"host") or "").lower()

    def fields(self, request: Request, fields: Fields) -> Fields:
        """Return the fields for the upstream: For appended, Host set, Proto told."""
        prior = fields if self.believes(request) else ()
        chain = [*values(prior, b"x-forwarded-for"), request.peer]
        proto = next(iter(values(prior, b"x-forwarded-proto")), request.scheme)
        host = self.host(request)
        told: tuple[Field, ...] = (
            (b"X-Forwarded-For", ", ".join(chain).encode("latin-1")),
            (b"X-Forwarded-Host", host.encode("latin-1")),
            (b"X-Forwarded-Proto", proto.encode("latin-1")),
        )
        return (*without(fields, *REPLACED), *told)
