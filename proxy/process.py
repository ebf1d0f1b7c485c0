"""The process runtime: a program is a process group of its own on this machine."""

import functools
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from proxy.errors import ImageUnavailable
from proxy.executables import find
from proxy.namespaces.unit import RoomUnit
from proxy.process_unit import ProcessUnit
from proxy.program import Command, Program
from proxy.ready import Patience
from proxy.run import Run
from proxy.runtime import Place, Reach, Stage, Unit
from proxy.staging import arguments

LOOPBACK = "127.0.0.1"


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
        """Return nothing: a process has no image.

        Raises:
            ImageUnavailable: somebody wants one.
        """
        if override is not None:
            raise ImageUnavailable(
                f"{program.name} runs as a process, which has no image: start Docker, and pass "
                "--runtime container, or leave --image out"
            )
        return ""

    def folder(self, folder: Path) -> str:
        """Return the folder as it is."""
        return str(folder)

    def unit(self, stage: Stage) -> Unit:
        """Prepare one start.

        Raises:
            ProgramMissing: the binary is not on this machine.
            RuntimeUnavailable: this machine gives no process what the program expects.
        """
        inside = stage.place.folder or self.folder(stage.folder)
        argv = (str(find(stage.command.executable)), *arguments(stage.command.run, stage, inside))
        if stage.place != Place():
            return RoomUnit.of(stage, argv, self.run, self.patience)
        return ProcessUnit(argv, stage.folder, self.run, self.patience)

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
