"""A program as a process group of its own on this machine."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from proxy.process_table import end_group
from proxy.ready import Patience
from proxy.run import Run

OUTPUT = "output.txt"

# The shell waits for a line before it becomes the program. The line is written when the record of
# the run names the process group; if the harness dies before that, the shell reads the end of its
# input and ends as well.
GATE = ("/bin/sh", "-c", 'read -r _ && exec "$@" </dev/null', "sh")


@dataclass
class ProcessUnit:
    """A program as a process group; `before` is put before its command and those beside it."""

    argv: Sequence[str]
    folder: Path
    run: Run
    patience: Patience
    before: Sequence[str] = ()
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _started: str = field(default="", init=False)

    def start(self) -> None:
        """Start it; what it writes is appended to one file in its folder."""
        with (self.folder / OUTPUT).open("ab") as output:
            self._process = subprocess.Popen(
                [*GATE, *self.before, *self.argv],
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

    def position(self) -> float:
        """Return how many bytes all starts wrote by now."""
        path = self.folder / OUTPUT
        return path.stat().st_size if path.exists() else 0.0

    def output(self, since: float = 0.0) -> str:
        """Return what all starts wrote, beyond so many bytes."""
        path = self.folder / OUTPUT
        written = path.read_bytes() if path.exists() else b""
        return written[int(since) :].decode(errors="replace")

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the leader."""
        if self._process is not None:
            self._process.send_signal(number)

    def execute(self, argv: Sequence[str]) -> tuple[int, str]:
        """Run a command in its folder; `{executable}` is its binary."""
        filled = [part.replace("{executable}", self.argv[0]) for part in argv]
        said = subprocess.run(
            [*self.before, *filled],
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
