"""A program that has answered, and what can be done to it."""

import re
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from proxy.errors import PortTaken, StartFailed
from proxy.program import Command
from proxy.ready import Patience, Probe, wait_until_ready
from proxy.runtime import Unit
from proxy.staging import COMMAND, filled

TAIL = 20
IN_USE = re.compile(r"address (?:already )?in use|port is already allocated", re.IGNORECASE)


@dataclass
class Running:
    """A program that has answered; cases act on it, reports quote it.

    Attributes:
        name: the name of its definition.
        version: what the product says of itself; empty until it has answered once.
        image: the id of the container image; empty in the process runtime.
        scheme: `https` or `http`, towards the client.
        ports: the port of each listener; the public one is `LISTEN`.
        folder: rendered configuration, command line, output, version.
        inside: the same folder, as the program sees it.
        config: the name of the configuration in it.
        config_hash: of the template with its faults, before the values of this run.
        dial: `host:port` of the public listener, for another program.
    """

    name: str
    version: str
    image: str
    scheme: str
    ports: Mapping[str, int]
    folder: Path
    inside: str
    config: str
    config_hash: str
    dial: str
    command: Command
    unit: Unit
    probe: Probe
    patience: Patience

    @property
    def port(self) -> int:
        """Return the port of the public listener."""
        return self.ports["LISTEN"]

    @property
    def url(self) -> str:
        """Return the public address."""
        return f"{self.scheme}://localhost:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether the program has not ended (a paused one has not)."""
        return self.unit.exit_status() is None

    def position(self) -> float:
        """Return how far the output goes by now; this asks nobody."""
        return self.unit.position()

    def output(self, since: float = 0.0) -> str:
        """Return what the program wrote, or wrote since a `position`: both streams, all starts."""
        return self.unit.output(since)

    def reload(self) -> None:
        """Make it take its configuration again; returns when it answers a request.

        Raises:
            StartFailed: the product has no reload, or does not answer afterwards.
        """
        how = self.command.reload
        if how is None:
            raise StartFailed(f"{self.name} has no reload: use restart")
        if isinstance(how, signal.Signals):
            self.unit.send(how)
        else:
            self._execute(how)
        self.wait()

    def restart(self) -> None:
        """Stop it if it runs and start it again at the same ports; returns when it answers.

        Raises:
            StartFailed: it does not come up again.
        """
        self.unit.stop()
        self.unit.start()
        self.wait()

    def pause(self) -> None:
        """Freeze it: its sockets stay open and nothing is answered."""
        self.unit.pause()

    def resume(self) -> None:
        """Let a frozen program go on."""
        self.unit.resume()

    def kill(self) -> None:
        """End it at once, as a crash does; `restart` brings it back."""
        self.unit.kill()

    def stop(self) -> None:
        """End it in good order and leave nothing behind but its folder."""
        self.unit.stop()
        self.unit.remove()

    def wait(self) -> None:
        """Wait until it answers a request.

        Raises:
            StartFailed: it did not, within `Patience.start`.
            PortTaken: it said that another program holds its port.
        """
        reason = wait_until_ready(self.probe, lambda: not self.is_running, self.patience)
        if reason is not None:
            raise self._failure(reason)

    def _execute(self, pattern: Sequence[str]) -> None:
        status, said = self.unit.execute(filled(pattern, self.inside, self.config))
        if status:
            raise StartFailed(
                f"{self.name} did not take its configuration: exit status {status}\n"
                f"its last lines:\n{tail(said)}"
            )

    def _failure(self, reason: str) -> StartFailed:
        status = self.unit.exit_status()
        output = self.output()
        kind = PortTaken if IN_USE.search(output) else StartFailed
        return kind(
            f"{self.name} did not become ready: "
            f"{'still running' if status is None else f'exit status {status}'}\n"
            f"waited for: {self.scheme}://localhost:{self.probe.port}{self.probe.ready.path} "
            f"(up to {self.patience.start:g} s), last seen: {reason}\n"
            f"command: {(self.folder / COMMAND).read_text().strip()}\n"
            f"folder: {self.folder}\n"
            f"last lines of its output:\n{tail(output)}"
        )


def tail(output: str) -> str:
    """Return the last lines of an output, indented."""
    return "\n".join(f"  {line}" for line in output.splitlines()[-TAIL:]) or "  (nothing)"
