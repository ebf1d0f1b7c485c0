"""The one interface behind which both transports stand."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from proxyproof.client.decoder import EventStreamDecoder
from proxyproof.client.message import Batch
from proxyproof.client.policy import HttpVersion, Policy
from proxyproof.client.transport.target import Request
from proxyproof.client.transport.watchdog import Watchdog


class SentHead(NamedTuple):
    """A request head as it was sent: fields in order, duplicates kept."""

    method: str
    target: str
    fields: tuple[tuple[str, str], ...]
    version: str = "HTTP/1.1"


OnRequest = Callable[[SentHead], None]


def _ignore(head: SentHead) -> None:
    del head


class Arrival(NamedTuple):
    """What came on a connection, before the client makes anything of it.

    Attributes:
        data: a piece of a body, or the payload of a data frame.
        chunk: a piece of a body, which may end anywhere.
        final: the frame was the last of its message.
        end: how the connection ended, such as `end of stream` or `cut off`; else empty.
    """

    data: bytes = b""
    chunk: bool = False
    final: bool = True
    end: str = ""


OnArrival = Callable[[Arrival], None]


def _unheard(arrival: Arrival) -> None:
    del arrival


@dataclass(frozen=True)
class Wiring:
    """What a transport needs to open connections.

    Attributes:
        policy: the bounds.
        tls: how to verify the server; None without TLS.
        connect_to: address to dial instead of the URL's; URL, Host field and SNI stay.
        watchdog: makes the watchdog of one connection.
        decoder: makes the decoder of one event stream, given the last event ID.
        on_request: told of each request head that asks for a stream, answered or not.
        http: the version to offer; HTTP/1.1 is taken where a server has no other.
        on_arrival: told of everything that comes on an open stream.
    """

    policy: Policy
    tls: ssl.SSLContext | None = None
    connect_to: tuple[str, int] | None = None
    watchdog: Callable[[float | None], Watchdog] = Watchdog
    decoder: Callable[[str], EventStreamDecoder] = EventStreamDecoder
    on_request: OnRequest = _ignore
    http: HttpVersion = "1.1"
    on_arrival: OnArrival = _unheard


class Channel(Protocol):
    """One open connection that carries the stream."""

    @property
    def http_version(self) -> str:
        """What the server and we agreed on: `HTTP/1.1` or `HTTP/2`."""
        ...

    async def receive(self) -> Batch:
        """Await the next piece.

        Raises:
            Ended: the connection is over.
        """
        ...

    async def close(self) -> None:
        """End the connection, whatever its condition; harmless if it is over."""
        ...


class Transport(Protocol):
    """A way to open such connections."""

    def __init__(self, wiring: Wiring) -> None: ...

    async def open(self, request: Request) -> Channel:
        """Open a connection.

        Raises:
            Ended: it did not come about.
        """
        ...
