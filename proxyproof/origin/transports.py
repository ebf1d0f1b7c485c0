"""The switch of the rollback drill: either transport can be withdrawn and restored."""

from collections.abc import Iterable, Mapping
from typing import Final

from proxyproof.origin.problem import Problem
from proxyproof.origin.settings import TransportName
from proxyproof.origin.stream.registry import Streams

WITHDRAWN = 4410

# Where the events are to be had instead.
_INSTEAD: Final[Mapping[TransportName, tuple[str, str]]] = {
    "websocket": ("/api/events", '</api/events>; rel="alternate"; type="text/event-stream"'),
    "sse": ("/api/ws", '</api/ws>; rel="successor-version"'),
}


class Transports:
    """Which transports are offered."""

    def __init__(self, streams: Streams, withdrawn: Iterable[TransportName] = ()) -> None:
        self._streams = streams
        self._withdrawn: set[TransportName] = set(withdrawn)

    def withdraw(self, name: TransportName) -> None:
        """Offer a transport no more: open streams end with 4410, new ones are refused with 410."""
        _check(name)
        self._withdrawn.add(name)
        self._streams.close(WITHDRAWN, f"withdrawn: use {_INSTEAD[name][0]}", name)

    def restore(self, name: TransportName) -> None:
        """Offer a transport again."""
        _check(name)
        self._withdrawn.discard(name)

    def is_open(self, name: TransportName) -> bool:
        """True if the transport is offered."""
        return name not in self._withdrawn

    def check(self, name: TransportName) -> None:
        """Refuse a transport that is withdrawn.

        Raises:
            Problem: 410 with a pointer to the other one.
        """
        if name in self._withdrawn:
            path, link = _INSTEAD[name]
            detail = f"{name} is withdrawn: use {path}"
            raise Problem(410, "transport-withdrawn", detail, [("Link", link)])


def _check(name: str) -> None:
    if name not in _INSTEAD:
        raise ValueError(f"transport expected as one of {sorted(_INSTEAD)}, got {name!r}")
