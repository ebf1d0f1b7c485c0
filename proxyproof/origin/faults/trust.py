"""Faults of trust: the origin believes what it should check."""

import asyncio
from weakref import WeakSet

from proxyproof.origin.faults.fault import Fault
from proxyproof.origin.gate.lease import Fields, Lease
from proxyproof.origin.parts import Parts
from proxyproof.origin.stream.masks import MaskGuard
from proxyproof.origin.stream.stream import Stream
from proxyproof.origin.stream.websocket import Socket, WebSocketStream

GONE = 1000  # what aiohttp calls the loss of a client


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


class _Fragile(WebSocketStream):
    """Whatever it cannot read ends more than itself: the process that all streams live in."""

    def fail(self, code: int) -> None:
        super().fail(code)
        if code != GONE:
            for stream in list(_ALIVE):
                stream.lose("the process died")

    def start_heart(self) -> None:
        _ALIVE.add(self)
        super().start_heart()


_ALIVE: WeakSet[Stream] = WeakSet()


class _Forgiving(MaskGuard):
    def _is_masked(self, data: bytes) -> bool:
        del data
        return True


class _ForgivingSocket(Socket):
    guard = _Forgiving


def _crashes_on_garbage(parts: Parts) -> None:
    parts.websocket_stream = _Fragile


def _forgives_garbage(parts: Parts) -> None:
    parts.socket = _ForgivingSocket


FAULTS = (
    Fault(
        "crashes-on-garbage",
        "a frame that cannot be read ends the process, and with it every stream",
        "uncaught errors of parsers: SEC-10",
        _crashes_on_garbage,
    ),
    Fault(
        "forgives-garbage",
        "frames of a client need no mask",
        "aiohttp 3.14.5, WebSocketReader: no check of the mask bit (RFC 6455 section 5.1)",
        _forgives_garbage,
    ),
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
