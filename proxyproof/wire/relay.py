"""`python -m proxyproof.wire.relay LISTEN=TARGET…`: bytes from one address to another.

It stands where a proxy's configuration expects a server, and leads on to the real one, such as
`0.0.0.0:3000=172.18.0.1:15200`. An address of IPv6 that the machine has not is left out.

Unlike a link it is always in the path, so it must never be what a case notices: it keeps next to
nothing back, adds no buffers worth the name, and passes on how a peer ended.
"""

import asyncio
import signal
import socket
import struct
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

KEPT = 256 * 1024  # bytes that a socket may hold: the kernel's own limits are a hundred times that
CHUNK = 256 * 1024
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with an RST


class Leg(asyncio.BufferedProtocol):
    """One of the two sockets of a connection; what it reads goes to the `other`."""

    def __init__(self, other: "Leg | None" = None) -> None:
        self._buffer = bytearray(CHUNK)
        self.other = other
        self._ended = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep little: a slow reader is felt by the writer at once."""
        assert isinstance(transport, asyncio.Transport)
        transport.set_write_buffer_limits(high=0)
        _bound(transport.get_extra_info("socket"))
        self.transport = transport

    def get_buffer(self, sizehint: int) -> bytearray:
        """Where the next bytes are read to."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Pass on what was read."""
        if self.other is not None and self.other.transport is not None:
            self.other.transport.write(self._buffer[:nbytes])

    def pause_writing(self) -> None:
        """The reader of this leg is slow: its writer waits."""
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        """The reader of this leg goes on."""
        if self.other is not None and self.other.transport is not None:
            self.other.transport.resume_reading()

    def eof_received(self) -> bool:
        """Pass the FIN on; the other direction stays open until it has ended too."""
        self._ended = True
        if self.other is None or self.other.transport is None:
            return False
        with suppress(OSError):
            self.other.transport.write_eof()
        return not self.other._ended  # false: closed by the loop now, and the other one with it

    def connection_lost(self, error: Exception | None) -> None:
        """End the other leg in the same way."""
        other, self.other = self.other, None
        if other is None or other.transport is None:
            return
        other.other = None
        if error is not None:
            _reset(other.transport)
        else:
            other.transport.close()


class Entry(Leg):
    """The leg of somebody who has connected; the other one is made for it."""

    def __init__(
        self,
        target: tuple[str, int],
        tasks: set[asyncio.Task[None]],
        fresh: Callable[[], socket.socket] = socket.socket,
    ) -> None:
        super().__init__()
        self._target = target
        self._tasks = tasks
        self._fresh = fresh

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connect to the target before anything is read."""
        super().connection_made(transport)
        assert self.transport is not None
        loop = asyncio.get_running_loop()
        # Not at once: Python 3.11.2, for one, begins to read after this call, paused or not.
        loop.call_soon(self.transport.pause_reading)
        task = loop.create_task(self._connect(self.transport))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, transport: asyncio.Transport) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, self.other = await loop.create_connection(
                lambda: Leg(self), sock=await self._connected(loop)
            )
        except OSError:
            _reset(transport)
            return
        if transport.is_closing():
            assert self.other.transport is not None
            self.other.transport.close()
            return
        transport.resume_reading()

    async def _connected(self, loop: asyncio.AbstractEventLoop) -> socket.socket:
        sock = self._fresh()
        sock.setblocking(False)
        try:
            await loop.sock_connect(sock, self._target)
        except OSError:
            sock.close()
            raise
        return sock


async def serve(listen: str, target: str) -> asyncio.Server:
    """Relay from one `host:port` to another for as long as the server is open."""
    tasks: set[asyncio.Task[None]] = set()
    loop, (host, port) = asyncio.get_running_loop(), address(listen)
    return await loop.create_server(lambda: Entry(address(target), tasks), host, port)


async def relay(routes: Sequence[tuple[str, str]]) -> None:
    """Relay until SIGTERM or SIGINT comes; `host:port` to listen at, and to lead to."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    servers = [await serve(*route) for route in routes if _exists(route[0])]
    sys.stdout.write("relaying\n")
    sys.stdout.flush()
    await ended.wait()
    for server in servers:
        server.close()


def main(arguments: list[str]) -> int:
    """Relay; 2: the arguments cannot be used."""
    try:
        routes = [_route(text) for text in arguments]
    except ValueError:
        sys.stderr.write("relay: expected LISTEN=TARGET, both HOST:PORT\n")
        return 2
    asyncio.run(relay(routes))
    return 0


def _route(text: str) -> tuple[str, str]:
    listen, target = text.split("=")
    _ = address(listen), address(target)
    return listen, target


def _exists(listen: str) -> bool:
    host, _ = address(listen)
    if ":" not in host:
        return True
    with socket.socket(socket.AF_INET6) as probe, suppress(OSError):
        probe.bind((host, 0))
        return True
    return False


def _bound(sock: socket.socket) -> None:
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        sock.setsockopt(socket.SOL_SOCKET, option, KEPT)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _reset(transport: asyncio.Transport) -> None:
    with suppress(OSError):
        sock: socket.socket = transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    transport.abort()


def address(text: str) -> tuple[str, int]:
    """Return host and port of `host:port`, in which brackets enclose an IPv6 address."""
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
