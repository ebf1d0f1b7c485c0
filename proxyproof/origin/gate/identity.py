"""Who is asking: the outpost's identity fields, believed from trusted peers only."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from proxyproof.origin.head import RequestHead
from proxyproof.origin.settings import Network


@dataclass(frozen=True)
class Identity:
    """What the fields of a trusted peer say.

    Attributes:
        user: ``X-authentik-username``.
        email: ``X-authentik-email``; may be empty.
        name: ``X-authentik-name``; may be empty.
        uid: ``X-authentik-uid``; may be empty.
        groups: ``X-authentik-groups``, joined by ``|`` on the wire.
        entitlements: ``X-authentik-entitlements``, joined the same way.
    """

    user: str
    email: str = ""
    name: str = ""
    uid: str = ""
    groups: tuple[str, ...] = ()
    entitlements: tuple[str, ...] = ()


def is_trusted(peer: str, networks: Sequence[Network]) -> bool:
    """True if the address of a peer lies in one of the networks."""
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in networks)


def read_identity(head: RequestHead) -> Identity | None:
    """The identity in a head, if the peer may be believed; None is anonymous.

    A field that comes twice is not believed: one of the two is not the outpost's.
    """
    user = _single(head, "username")
    if not user:
        return None
    return Identity(
        user=user,
        email=_single(head, "email"),
        name=_single(head, "name"),
        uid=_single(head, "uid"),
        groups=_joined(_single(head, "groups")),
        entitlements=_joined(_single(head, "entitlements")),
    )


def _single(head: RequestHead, name: str) -> str:
    values = head.all(f"X-authentik-{name}")
    return values[0] if len(values) == 1 else ""


def _joined(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()
