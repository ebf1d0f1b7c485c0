"""A server in a process of its own, at the other end of its control connection."""

import json
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import Self

from tests.bench.trouble import BenchError

PATIENCE = 20.0


@dataclass(frozen=True)
class Costs:
    """CPU seconds so far, and bytes in memory."""

    cpu: float
    memory: int


class Server:
    """One of the modules in `tests/bench/servers`, running; a context manager ends it."""

    def __init__(self, name: str) -> None:
        self.name = name
        # A session of its own: Ctrl-C reaches the benchmark alone, which then ends its servers.
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.bench.servers.{name}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            ports = self._ports()
            self.port = ports["port"]
            self._control = socket.create_connection(("127.0.0.1", ports["control"]), PATIENCE)
        except BaseException:
            self._end()
            raise
        self._control.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answers = self._control.makefile("rb")

    def publish(self, count: int) -> None:
        """Let it publish so many messages at once."""
        self._control.sendall(b"publish %d\n" % count)

    def costs(self) -> Costs:
        """What it has cost so far."""
        self._control.sendall(b"costs\n")
        said = json.loads(self._answers.readline())
        return Costs(said["cpu"], said["memory"])

    def close(self) -> None:
        """End it."""
        self._answers.close()
        self._control.close()
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ports(self) -> dict[str, int]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise BenchError(f"the {self.name} server ended before it listened: see above")
        ports: dict[str, int] = json.loads(line)
        return ports

    def _end(self) -> None:
        self._process.kill()  # there is nothing that it would have to put in order
        self._process.communicate()
