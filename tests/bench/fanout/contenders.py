"""Who is compared with whom."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.fanout.crowd import Crowd
from tests.bench.fanout.server import Server
from tests.bench.fanout.wire import EventStreamWire, WebSocketWire, Wire


@dataclass(frozen=True)
class Contender:
    """A server and the transport by which clients follow it."""

    name: str
    server: str
    wire: Wire

    @contextlib.contextmanager
    def crowd(self) -> Iterator[Crowd]:
        """A fresh server, and clients that are yet to connect."""
        with Server(self.server) as server:
            crowd = Crowd(server, self.wire)
            try:
                yield crowd
            finally:
                crowd.close()


YARDSTICK = Contender("websockets broadcast", "broadcast", WebSocketWire("/"))
CONTENDERS = (
    YARDSTICK,
    Contender("origin WebSocket", "origin", WebSocketWire("/api/ws")),
    Contender("origin SSE", "origin", EventStreamWire()),
)
