"""A harness that starts a program and waits to be killed; run as a script: base, runtime."""

import sys
import time
from pathlib import Path

from proxy.launch import Launcher
from proxy.run import Run
from proxy.runtimes import choose
from tests.proxy.obedient import child_in, obedient


def main(base: Path, runtime: str) -> None:
    run = Run.begin(base=base)
    launcher = Launcher(run, choose(runtime, run))
    program = obedient(run.folder, "child = true", "stubborn = true")
    running = launcher.start(program, scheme="http")
    sys.stdout.write(f"{run.id} {child_in(running.output())}\n")
    sys.stdout.flush()
    time.sleep(600)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
