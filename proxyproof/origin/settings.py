"""What an operator may choose; every duration is in seconds unless it says otherwise."""

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Literal

SHORTEST_TOKEN = 16

Network = IPv4Network | IPv6Network
TransportName = Literal["websocket", "sse"]


@dataclass(frozen=True)
class LeaseSettings:
    """How the origin asks again whether a session still stands.

    Attributes:
        url: Asked with GET and the stream's own Cookie and Authorization fields.
        interval: Between two questions about one stream.
        grace: How long a stream may live on without an answer.
        timeout: For one question.
        tls: Trust for an https URL; None takes the system's.
    """

    url: str
    interval: float = 30.0
    grace: float = 120.0
    timeout: float = 5.0
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True)
class Settings:
    """The origin's settings.

    Attributes:
        host: Address to listen at.
        port: Port for plain HTTP; 0 takes a free one.
        tls: Opens a second listener with this context.
        tls_port: Port of the second listener; 0 takes a free one.
        heartbeat: Between two signs of life on an open stream.
        retry: Reconnection time given to event streams, in milliseconds.
        queue_bytes: What may wait for one client before its stream is ended.
        pong: How long a client may leave a ping unanswered; noticed with the next heartbeat.
        stall: How long a client may take nothing at all while something waits for it.
        trusted_peers: Networks whose identity fields are believed.
        allowed_origins: Values of the Origin field that may open a WebSocket; None allows
            the host that the request was addressed to.
        lease: Asks again whether sessions stand; None believes in them for ever.
        max_message: Bytes of one message from a client; more closes with 1009.
        max_echo: The same for the echo endpoint.
        max_body: Bytes of one request body.
        max_clients: Streams open at once.
        log_capacity: Events kept for resuming.
        page: Events replayed before the client must have taken them.
        drain: How long a stop waits for streams to end in good order.
        close_timeout: How long one stream may take to end after it was told to.
        ledger_entries: Entries of each kind kept for one case token.
        deprecated: Since when event streams are the old transport; None if they are not.
        sunset: When event streams are to end.
        withdrawn: Transports that are withdrawn from the start.
        page_faults: Lets pages choose faults of the JavaScript client by `?fault=NAME`.
        drills: Lets users cut their streams and switch transports, as the page offers.
        control_token: Lets whoever names it control the origin from afar; None lets nobody.

    Raises:
        ValueError: A network or a number makes no sense.
    """

    host: str = "127.0.0.1"
    port: int = 0
    tls: ssl.SSLContext | None = None
    tls_port: int = 0
    heartbeat: float = 15.0
    retry: int = 3000
    queue_bytes: int = 16 * 2**20
    pong: float = 0.0
    stall: float = 30.0
    trusted_peers: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] | None = None
    lease: LeaseSettings | None = None
    max_message: int = 64 * 2**10
    max_echo: int = 4 * 2**20
    max_body: int = 8 * 2**20
    max_clients: int = 10_000
    log_capacity: int = 100_000
    page: int = 500
    drain: float = 5.0
    close_timeout: float = 5.0
    ledger_entries: int = 50_000
    deprecated: datetime | None = datetime(2026, 11, 1, tzinfo=UTC)
    sunset: datetime = datetime(2027, 11, 1, tzinfo=UTC)
    withdrawn: frozenset[TransportName] = frozenset()
    page_faults: bool = False
    drills: bool = True
    control_token: str | None = field(default=None, repr=False)
    networks: tuple[Network, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "networks", tuple(map(_network, self.trusted_peers)))
        for name in ("heartbeat", "stall", "close_timeout", "queue_bytes", "log_capacity", "page"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} expected to be above 0, got {getattr(self, name)}")
        if self.control_token is not None and len(self.control_token) < SHORTEST_TOKEN:
            raise ValueError(f"control token expected with {SHORTEST_TOKEN} characters or more")
        for port in (self.port, self.tls_port):
            if not 0 <= port <= 65535:
                raise ValueError(f"port expected as 0 to 65535, got {port}")


def _network(text: str) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise ValueError(f"trusted peer expected as address or network, got {text!r}") from None
