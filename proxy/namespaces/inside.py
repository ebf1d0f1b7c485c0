"""`python -m proxy.namespaces.inside ROOM.json DESCRIPTOR`: makes a room and hands its sockets out.

It ends when the gateway at the other end of the descriptor does, and the room with it when the
product has ended too: nothing of it has a name on this machine.
"""

import json
import os
import socket
import sys
from pathlib import Path

from proxy.namespaces import kernel
from proxy.namespaces.network import Network
from proxy.namespaces.room import Room
from proxy.namespaces.tree import grow

ROOT_ACCOUNT = 0


def main(path: str, descriptor: str) -> int:
    """Make the room; 1: this machine does not let us."""
    room = Room.read(Path(path))
    with socket.socket(fileno=int(descriptor)) as gateway:
        try:
            made = _make(room)
        except OSError as error:
            sys.stderr.write(f"no room: {error}\n")
            return 1
        _hand_out(gateway, made)
        _serve(gateway)
    return 0


def _make(room: Room) -> list[tuple[str, socket.socket]]:
    kernel.be(ROOT_ACCOUNT)
    kernel.unshare(kernel.NEWNS | kernel.NEWNET)
    network = Network(room)
    made = [("", network.resolver()), *network.listeners(room.leads)]
    grow(room)
    return made


def _hand_out(gateway: socket.socket, made: list[tuple[str, socket.socket]]) -> None:
    said = {"pid": os.getpid(), "targets": [target for target, _ in made]}
    socket.send_fds(gateway, [json.dumps(said).encode()], [each.fileno() for _, each in made])
    for _, each in made:
        each.close()


def _serve(gateway: socket.socket) -> None:
    """Make a socket in the product's network whenever the gateway asks for one."""
    while gateway.recv(1):
        with socket.socket() as fresh:
            socket.send_fds(gateway, [b"."], [fresh.fileno()])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
