"""Two networks joined by a cable: the product alone in one, the names that it knows in the other.

Two, because the product may listen at every address of its network at the port of a name. A socket
stays in the network that it was made in, whoever holds it: the gateway outside is handed them.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from proxy.executables import SBIN
from proxy.namespaces import kernel
from proxy.namespaces.room import DNS, NETWORK, Room
from proxy.runtime import Lead

HERE = f"{NETWORK}.1"
PREFIX = 24
BACKLOG = 1024
LOOPBACK = ("127.0.0.1", "::1")
LOWEST_PORT = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")


class Network:
    """The networks of a room; the caller is in a user namespace of its own."""

    def __init__(self, room: Room) -> None:
        self._names = room.names
        self._street = _current()
        kernel.unshare(kernel.NEWNET)
        self._home = _current()
        self._join()

    def listeners(self, leads: Sequence[Lead]) -> list[tuple[str, socket.socket]]:
        """Return the sockets of what the configuration names, each after its target."""
        return [
            (lead.target, self._listening(address, lead.port))
            for lead in leads
            for address in self._addresses(lead.host)
        ]

    def resolver(self) -> socket.socket:
        """Return the socket at which names are asked for."""
        asked = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        asked.bind(DNS)
        return asked

    def _join(self) -> None:
        cable = f"link add eth0 type veth peer name eth0 netns /proc/self/fd/{self._street}"
        _ip(["link set lo up", cable, *_addressed([HERE])], self._street)
        # The product begins as an ordinary account, and may listen at the ports of a server.
        LOWEST_PORT.write_text("0")
        kernel.enter(self._street)
        _ip(["link set lo up", *_addressed(sorted(self._names.values()))])
        kernel.enter(self._home)

    def _addresses(self, host: str) -> list[str]:
        if host == "localhost":
            return [*LOOPBACK]  # products try one after the other
        return [self._names.get(host, host)]

    def _listening(self, address: str, port: int) -> socket.socket:
        kernel.enter(self._home if address in LOOPBACK else self._street)
        made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        made.bind((address, port))
        made.listen(BACKLOG)
        kernel.enter(self._home)
        return made


def tool() -> str | None:
    """Return the program that sets networks up, if this machine has it."""
    return shutil.which("ip") or shutil.which("ip", path=SBIN)


def _current() -> int:
    return os.open("/proc/self/ns/net", os.O_RDONLY)


def _addressed(addresses: Sequence[str]) -> list[str]:
    return [*(f"addr add {each}/{PREFIX} dev eth0" for each in addresses), "link set eth0 up"]


def _ip(commands: Sequence[str], *descriptors: int) -> None:
    if (program := tool()) is None:
        raise FileNotFoundError("no `ip` on this machine: install iproute2")
    said = subprocess.run(
        [program, "-batch", "-"],
        input="\n".join(commands),
        pass_fds=descriptors,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if said.returncode:
        raise OSError(f"ip: {said.stdout.strip()}")
