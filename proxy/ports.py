"""Free ports for programs that must be told theirs before they start, and who dials from here."""

import random
import socket
from contextlib import closing

# Below the range from which Linux (32768) and macOS (49152) number outgoing connections: while a
# proxy restarts, no connection of a client can take its port by chance.
LOWEST, HIGHEST = 15000, 32000
ATTEMPTS = 200

_handed_out: set[int] = set()


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on this port now."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port on which nobody listens; never the same one twice in this process.

    Raises:
        RuntimeError: none was found.
    """
    for _ in range(ATTEMPTS):
        port = random.randrange(LOWEST, HIGHEST)
        if port not in _handed_out and is_free(port, host):
            _handed_out.add(port)
            return port
    raise RuntimeError(f"no free port among {ATTEMPTS} tried from {LOWEST} to {HIGHEST} on {host}")


def seen_from(host: str) -> str:
    """Return the address that a server of this machine at `host` sees when it is dialled from here.

    It is not always `host`: an engine masks what goes out of its network, to itself too.

    Raises:
        OSError: `host` is no address of this machine.
    """
    with (
        socket.create_server((host, 0)) as server,
        socket.create_connection(server.getsockname()),
    ):
        accepted, peer = server.accept()
        accepted.close()
    return str(peer[0])
