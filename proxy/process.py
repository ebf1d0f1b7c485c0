"""The process runtime: a program is a process group of its own on this machine."""

import contextlib
import functools
import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from proxy.errors import RuntimeUnavailable
from proxy.model import Command, Program
from proxy.process_table import end_group
from proxy.programs import find
from proxy.ready import Patience
from proxy.run import Run
from proxy.runtime import Place, Reach, Stage, Unit
from proxy.staging import arguments

LOOPBACK = "127.0.0.1"
OUTPUT = "output.txt"

# The shell waits for a line before it becomes the program. The line is written when the record of
# the run names the process group; if the harness dies before that, the shell reads the end of its
# input and ends as well.
GATE = ("/bin/sh", "-c", 'read -r _ && exec "$@" </dev/null', "sh")


@dataclass
class ProcessUnit:
    """A program as a process group."""

    argv: Sequence[str]
    folder: Path
    run: Run
    patience: Patience
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _started: str = field(default="", init=False)

    def start(self) -> None:
        """Start it; what it writes is appended to one file in its folder."""
        with (self.folder / OUTPUT).open("ab") as output:
            self._process = subprocess.Popen(
                [*GATE, *self.argv],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        self._started = self.run.started_group(self._process.pid)
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError), self._process.stdin as gate:
            gate.write(b"go\n")

    def exit_status(self) -> int | None:
        """Return the exit status, None while it runs; never started counts as ended."""
        return self._process.poll() if self._process else 0

    def output(self) -> str:
        """Return what all starts wrote."""
        path = self.folder / OUTPUT
        return path.read_text(errors="replace") if path.exists() else ""

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the leader."""
        if self._process is not None:
            self._process.send_signal(number)

    def execute(self, argv: Sequence[str]) -> tuple[int, str]:
        """Run a command in its folder; `{executable}` is its binary."""
        filled = [part.replace("{executable}", self.argv[0]) for part in argv]
        said = subprocess.run(
            filled,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return said.returncode, said.stdout

    def pause(self) -> None:
        """Stop the whole group."""
        self._signal_group(signal.SIGSTOP)

    def resume(self) -> None:
        """Let the whole group go on."""
        self._signal_group(signal.SIGCONT)

    def stop(self) -> None:
        """Terminate the leader, wait, kill what is left of the group."""
        if self._process is not None and self._process.poll() is None:
            self.resume()  # a stopped process does not see the signal
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(self.patience.stop)
        self.kill()

    def kill(self) -> None:
        """Kill the whole group and wait until it is gone: its ports are free then."""
        if self._process is None:
            return
        self._signal_group(signal.SIGKILL)
        self._process.wait()
        end_group(self._process.pid, self._started, self.patience.stop)  # those it left
        self.run.ended_group(self._process.pid)
        self._process = None

    def remove(self) -> None:
        """Kill it; its folder belongs to the run."""
        self.kill()

    def _signal_group(self, number: signal.Signals) -> None:
        # The group has the leader's number; it may outlive the leader, or be gone.
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)


@dataclass
class ProcessRuntime:
    """Programs as processes on loopback."""

    run: Run
    patience: Patience = field(default_factory=Patience)
    name: str = "process"
    listen: str = LOOPBACK
    reach: Reach = field(
        default_factory=lambda: Reach(LOOPBACK, LOOPBACK, ("127.0.0.0/8",), LOOPBACK)
    )

    @property
    def is_root(self) -> bool:
        """Return whether the harness itself runs as root."""
        return os.getuid() == 0

    def image(self, program: Program, override: str | None) -> str:
        """Return nothing: a process has no image."""
        return ""

    def folder(self, folder: Path) -> str:
        """Return the folder as it is."""
        return str(folder)

    def unit(self, stage: Stage) -> Unit:
        """Prepare one start.

        Raises:
            ProgramMissing: the binary is not on this machine.
            RuntimeUnavailable: the program expects a machine of its own.
        """
        if stage.place != Place():
            raise RuntimeUnavailable(
                f"{stage.name} expects names, ports and paths of a machine of its own, which a "
                "process here has not: start Docker, and pass --runtime container"
            )
        argv = arguments(stage.command.run, stage, self.folder(stage.folder))
        return ProcessUnit(
            (str(find(stage.command.executable)), *argv),
            stage.folder,
            self.run,
            self.patience,
        )

    def version(self, command: Command, unit: Unit) -> str:
        """Return what the binary says of its version."""
        return _said_version(str(find(command.executable)), command.version)

    def close(self) -> None:
        """Hold nothing."""


@functools.cache
def _said_version(binary: str, arguments: tuple[str, ...]) -> str:
    said = subprocess.run([binary, *arguments], capture_output=True, text=True, check=False)
    if said.returncode:
        return ""
    # Some put their own path before it, which may hold numbers too.
    return (said.stdout + said.stderr).replace(binary, Path(binary).name)
