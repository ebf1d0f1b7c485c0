"""Servers of a few lines that stand for origin and outpost, and a client that shows raw bytes."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self

DEADLINE = 10.0


@dataclass(frozen=True)
class Head:
    line: str
    fields: tuple[tuple[str, str], ...]

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def value(self, name: str) -> str | None:
        return next(iter(self.values(name)), None)

    @property
    def target(self) -> str:
        return self.line.split(" ")[1]

    @property
    def status(self) -> str:
        return self.line.split(" ")[1]


Answer = Callable[[Head, socket.socket], None]


def says(status: str, *fields: str, body: str = "") -> bytes:
    lines = [f"HTTP/1.1 {status}", *fields]
    if not status.startswith(("1", "204")):
        lines.append(f"Content-Length: {len(body.encode())}")
    return "\r\n".join([*lines, "", body]).encode()


@dataclass
class StandIn:
    """Answers each request by `answer`, and remembers the heads as they came."""

    answer: Answer
    host: str = "127.0.0.1"
    heads: list[Head] = field(default_factory=list)
    _sockets: list[socket.socket] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server((self.host, 0))
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for each in [self._listener, *self._sockets]:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(DEADLINE)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._sockets.append(connection)
                self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            while head := read_head(connection):
                self.heads.append(head)
                self.answer(head, connection)


def read_until(connection: socket.socket, end: bytes) -> bytes:
    data = b""
    while not data.endswith(end):
        byte = connection.recv(1)
        if not byte:
            return data
        data += byte
    return data


def read_head(connection: socket.socket) -> Head | None:
    lines = read_until(connection, b"\r\n\r\n").decode("latin-1").split("\r\n")
    if not lines[0]:
        return None
    fields = (line.partition(":") for line in lines[1:] if line)
    return Head(lines[0], tuple((name, value.strip()) for name, _, value in fields))


@contextlib.contextmanager
def connected(port: int, tls: bool = True, alpn: str = "http/1.1") -> Iterator[socket.socket]:
    raw = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
    if not tls:
        with raw:
            yield raw
        return
    context = unverified()
    context.set_alpn_protocols([alpn])
    with context.wrap_socket(raw, server_hostname="localhost") as wrapped:
        yield wrapped


def unverified() -> ssl.SSLContext:
    """Takes any certificate: what a proxy of a test shows is of its own run."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def ask(port: int, target: str, *fields: str, tls: bool = True, method: str = "GET") -> Head:
    """Send one request and return the head of the answer; the body is left alone.

    Raises:
        EOFError: the connection was ended without an answer.
    """
    lines = [f"{method} {target} HTTP/1.1", f"Host: localhost:{port}", *fields, "", ""]
    with connected(port, tls) as connection:
        connection.sendall("\r\n".join(lines).encode())
        head = read_head(connection)
    if head is None:
        raise EOFError(f"{method} {target} was not answered: the connection was ended")
    return head


UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)
