"""Faults of trust: the origin believes what it should check."""

import asyncio

from proxyproof.origin.faults.fault import Fault
from proxyproof.origin.gate.lease import Fields, Lease
from proxyproof.origin.parts import Parts


class _IgnoredLease(Lease):
    async def watch(self, identity: Fields, url: str) -> str:
        del identity, url
        await asyncio.Event().wait()
        return "never"


def _always(*_: object, **__: object) -> bool:
    return True


def _trusts_any_peer(parts: Parts) -> None:
    parts.is_trusted = _always


def _ignores_origin_field(parts: Parts) -> None:
    parts.allows_page = _always


def _ignores_lease(parts: Parts) -> None:
    parts.lease = _IgnoredLease


FAULTS = (
    Fault(
        "trusts-any-peer",
        "identity fields are believed whoever sent them",
        "an application that can be reached beside its proxy: SEC-02",
        _trusts_any_peer,
    ),
    Fault(
        "ignores-origin-field",
        "pages of any origin may open a WebSocket",
        "cross-site WebSocket hijacking: SEC-01",
        _ignores_origin_field,
    ),
    Fault(
        "ignores-lease",
        "streams outlive the session that opened them",
        "every forward-auth gate surveyed: REV-01 to REV-03",
        _ignores_lease,
    ),
)
