"""`python -m proxyproof.wire.gateway ROOM.json COMMAND…`: the one way in and out of a network.

The command makes a network that has no way to this one, and hands its sockets over through a
descriptor that is put after its arguments: listening ones, and a fresh one whenever it is asked. A
socket stays in the network that it was made in; the bytes are relayed here, once and by the relay.
"""

import asyncio
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proxyproof.wire.names import Names
from proxyproof.wire.relay import Entry, address

HERE = "127.0.0.1"
MOST = 200  # descriptors that one message can bring; the kernel's bound is 253
LENGTH = 65536
READY = "ready"


@dataclass(frozen=True)
class Handed:
    """What the command handed over: its process, and its sockets, each after where it leads."""

    pid: int
    resolver: socket.socket
    listeners: Sequence[tuple[str, socket.socket]]


def receive(control: socket.socket) -> Handed:
    """Wait for what is handed over.

    Raises:
        EOFError: the command has ended; it has said why.
    """
    said, descriptors, _, _ = socket.recv_fds(control, LENGTH, MOST)
    if not descriptors:
        raise EOFError("the network was not made")
    read = json.loads(said)
    resolver, *listeners = [socket.socket(fileno=each) for each in descriptors]
    pairs = list(zip(read["targets"][1:], listeners, strict=True))
    return Handed(read["pid"], resolver, pairs)


class Gateway:
    """Relays between this network and the one that is handed over."""

    def __init__(self, room: dict[str, Any], control: socket.socket) -> None:
        self._room = room
        self._control = control
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, handed: Handed) -> None:
        """Relay from now on."""
        loop = asyncio.get_running_loop()
        names: dict[str, str] = self._room["names"]
        await loop.create_datagram_endpoint(lambda: Names(names), sock=handed.resolver)
        for target, listener in handed.listeners:
            await self._outwards(target, listener)
        for outside, inside in self._room["published"].items():
            await self._inwards(int(outside), inside)

    async def _outwards(self, target: str, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_server(lambda: Entry(address(target), self._tasks), sock=listener)

    async def _inwards(self, outside: int, inside: int) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_server(
            lambda: Entry((HERE, inside), self._tasks, self._fresh), HERE, outside
        )

    def _fresh(self) -> socket.socket:
        """A socket in the other network; it comes at once, for all that the maker does is this."""
        self._control.send(b".")
        _, descriptors, _, _ = socket.recv_fds(self._control, 1, 1)
        if not descriptors:
            raise ConnectionError("the network is gone")
        return socket.socket(fileno=descriptors[0])


async def stay(room: dict[str, Any], control: socket.socket, handed: Handed) -> None:
    """Relay until SIGTERM comes."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await Gateway(room, control).open(handed)
    sys.stdout.write(f"{READY} {handed.pid}\n")
    sys.stdout.flush()
    await ended.wait()


def main(path: str, *command: str) -> int:
    """Start the command and relay; 1: it made no network, or a port is taken."""
    room: dict[str, Any] = json.loads(Path(path).read_text())
    control, given = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    number = given.fileno()
    with control, subprocess.Popen([*command, str(number)], pass_fds=[number]):
        given.close()
        try:
            asyncio.run(stay(room, control, receive(control)))
        except (EOFError, OSError) as error:
            sys.stderr.write(f"gateway: {error}\n")
            return 1
        finally:
            control.close()  # the command ends by this, and is waited for
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
