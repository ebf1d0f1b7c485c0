"""The gate beside busy loops: what cannot be judged there is `blocked`, and nothing fails.

`python -m tests.suites.busy suites/delivery --runtime process --proxy nginx` takes what the gate
takes. A verdict that only a busy machine gives is a fault of the harness (CONTRIBUTING.md).
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

LOOPS = 2
SPIN = "import os\nbegun = os.getppid()\nwhile os.getppid() == begun:\n    sum(range(10_000))"
UNMOVED = ("pass", "blocked", "unsupported", "waived")


@contextlib.contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """So many processes that want a core all the time; they end with us, however we end."""
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            loop = stack.enter_context(subprocess.Popen([sys.executable, "-c", SPIN]))
            stack.callback(loop.kill)
        yield


def judged(arguments: Sequence[str], folder: Path) -> list[dict[str, Any]]:
    """The results of a run of the gate beside busy loops, as `run.json` has them."""
    command = [sys.executable, "-m", "reports.gate", *arguments, "--report-to", str(folder)]
    with busy_loops(LOOPS):
        subprocess.run(command, check=False, stdin=subprocess.DEVNULL)
    cases: list[dict[str, Any]] = json.loads((folder / "latest" / "run.json").read_text())["cases"]
    return cases


def moved(cases: Sequence[dict[str, Any]]) -> list[str]:
    """The cases that the load alone has turned, with the verdict that they have now."""
    return [f"{one['id']}: {one['verdict']}" for one in cases if one["verdict"] not in UNMOVED]


def main(arguments: Sequence[str]) -> int:
    """Judge beside busy loops; 0 if no case is turned, 1 if one is, 2 if none was judged."""
    with TemporaryDirectory(prefix="proxyproof-busy-") as folder:
        cases = judged(arguments, Path(folder))
    blocked = [str(one["id"]) for one in cases if one["verdict"] == "blocked"]
    turned = moved(cases)
    print(f"beside {LOOPS} busy loops, load average {os.getloadavg()[0]:.1f}: {len(cases)} results")
    print("\n".join([f"blocked: {len(blocked)}", *blocked, f"turned: {len(turned)}", *turned]))
    return 1 if turned else 0 if any(one["verdict"] == "pass" for one in cases) else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
