"""The definition of `program.py`, with a template written for one test."""

import re
import signal
from pathlib import Path

from proxy.program import PYTHON, Command, Program

CHILD = re.compile(r"^child (\d+)$", re.MULTILINE)
SCRIPT = Path(__file__).with_name("program.py")


def obedient(folder: Path, *settings: str, reloads: bool = True) -> Program:
    """A program whose template holds these TOML lines beside its port."""
    template = folder / "program.toml.in"
    template.write_text("\n".join(['port = @PORT@ # @LISTEN@ "@SCHEME@"', *settings]))
    return Program(
        name="obedient",
        summary="does what a test wants",
        command=Command(
            executable=PYTHON,
            run=("-S", str(SCRIPT), "{config}"),
            version=("-V",),
            reload=signal.SIGHUP if reloads else None,
        ),
        config=template,
    )


def child_in(output: str) -> int:
    """The process id that a program with `child = true` told last."""
    return int(CHILD.findall(output)[-1])
