"""The load: many clients in this process, lean enough for the server to be what is measured.

All clients of a server are due the same bytes. So one copy of the stream is parsed and its sequence
numbers are checked, and every byte that any client receives is compared with that copy.
"""

import selectors
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass

from tests.bench.fanout.server import Server
from tests.bench.fanout.wire import Wire, sequence_of
from tests.bench.trouble import BenchError

READ = 256 * 2**10
PATIENCE = 10.0  # seconds without a byte after which a round is given up


@dataclass(slots=True)
class Client:
    """One connection, and how far in the stream it is."""

    socket: socket.socket
    at: int = 0


@dataclass(frozen=True)
class Round:
    """What one round cost.

    Attributes:
        deliveries: messages times clients.
        seconds: from the first order to publish to the last byte at the last client.
        server: CPU seconds of the server process.
        client: CPU seconds of this process.
    """

    deliveries: int
    seconds: float
    server: float
    client: float

    @property
    def rate(self) -> float:
        """Deliveries per second."""
        return self.deliveries / self.seconds

    @property
    def cost(self) -> float:
        """CPU seconds of the server for a million deliveries."""
        return self.server / self.deliveries * 1e6

    @property
    def busy(self) -> float:
        """Share of the time in which this process was at work: below 1 it was not the limit."""
        return self.client / self.seconds


class Stream:
    """The bytes that every client gets, parsed once."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._parsed = 0
        self.bytes = bytearray()
        self.sequence = 0
        self.documents = 0
        self.size = 0
        self.goal = 0
        self.end = -1  # the offset at which the last message of this step ends; -1: not seen yet

    def grow(self, data: bytes) -> None:
        """Add bytes that no client had before, and check the messages in them."""
        self.bytes += data
        while unit := self._wire.unit(self.bytes, self._parsed):
            documents, self._parsed = unit
            for document in documents:
                self._check(document)
        if self.sequence == self.goal and self._parsed == len(self.bytes):
            self.end = self._parsed

    def aim(self, count: int) -> None:
        """Expect so many more messages."""
        self.goal = self.sequence + count
        self.end = -1

    def forget(self) -> None:
        """Let go of what all clients have."""
        self.bytes.clear()
        self._parsed = 0

    def _check(self, document: bytes) -> None:
        sequence = sequence_of(document)
        if sequence != self.sequence + 1 or sequence > self.goal:
            raise BenchError(f"message {self.sequence + 1} expected, got {sequence}")
        self.sequence = sequence
        self.documents += 1
        self.size += len(document)


class Crowd:
    """Clients of one server."""

    def __init__(self, server: Server, wire: Wire) -> None:
        self.server = server
        self.stream = Stream(wire)
        self._wire = wire
        self._clients: list[Client] = []
        self._selector = selectors.DefaultSelector()

    def connect(self, count: int) -> None:
        """Open so many streams, each up to its first message."""
        for _ in range(count):
            client = Client(self._opened())
            self._clients.append(client)
            self._selector.register(client.socket, selectors.EVENT_READ, client)

    def round(self, window: int, seconds: float) -> Round:
        """Publish `window` messages at once, once and again until the time is up.

        Each time all clients have all of the last ones. With 0 seconds it is done just once.
        """
        steps = 0
        before, own, begun = self.server.costs(), time.process_time(), time.perf_counter()
        while not steps or time.perf_counter() - begun < seconds:
            self._step(window)
            steps += 1
        took = time.perf_counter() - begun
        spent = time.process_time() - own
        after = self.server.costs()
        self._rewind()
        deliveries = steps * window * len(self._clients)
        return Round(deliveries, took, after.cpu - before.cpu, spent)

    def close(self) -> None:
        """Close every stream."""
        for client in self._clients:
            client.socket.close()
        self._selector.close()

    def _opened(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.server.port), PATIENCE)
        connection.sendall(self._wire.request(f"127.0.0.1:{self.server.port}"))
        received = b""
        while not self._greeted(received):
            data = connection.recv(READ)
            if not data:
                raise BenchError(f"{self.server.name} refused a stream: {received[:80]!r}")
            received += data
        connection.setblocking(False)
        return connection

    def _greeted(self, received: bytes) -> bool:
        head = received.find(b"\r\n\r\n")
        return head >= 0 and self._wire.unit(received, head + 4) is not None

    def _step(self, window: int) -> None:
        self.stream.aim(window)
        self.server.publish(window)
        waiting = len(self._clients)
        while waiting:
            ready = self._selector.select(PATIENCE)
            if not ready:
                raise BenchError(f"{self.server.name} delivered nothing for {PATIENCE:.0f} s")
            waiting -= self._take(key.data for key, _ in ready)

    def _take(self, clients: Iterable[Client]) -> int:
        """Read once from each; how many of them have everything now."""
        stream, whole, done = self.stream, self.stream.bytes, 0
        for client in clients:
            data = client.socket.recv(READ)
            if data and whole.startswith(data, client.at):
                client.at += len(data)
            else:
                self._take_new(client, data)
            done += client.at == stream.end
        return done

    def _take_new(self, client: Client, data: bytes) -> None:
        known = bytes(self.stream.bytes[client.at :])
        if not data:
            raise BenchError(f"{self.server.name} closed a stream")
        if not data.startswith(known):
            raise BenchError(f"{self.server.name} sent other bytes to one client than to another")
        self.stream.grow(data[len(known) :])
        client.at += len(data)

    def _rewind(self) -> None:
        self.stream.forget()
        for client in self._clients:
            client.at = 0
