"""`tox -e bench`: figures, side by side in one run. A measurement, never a gate."""

import argparse
import importlib
import signal
import sys
import time
import warnings
from collections.abc import Callable, Sequence

from proxy.errors import ProxyError
from tests.bench import machine
from tests.bench.cases import cases
from tests.bench.fanout.measure import FULL, QUICK, fanout, memory
from tests.bench.trouble import BenchError

INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Measure; 0 whatever the figures are, 2 if they cannot be had."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    begun, code = time.monotonic(), 0
    try:
        say(machine.describe())
        for name, section in sections(quick=options.quick).items():
            if options.only in (None, name):
                say(f"\n== {name} " + "=" * (75 - len(name)))
                code = max(code, _measured(section))
    except KeyboardInterrupt:
        print("bench: interrupted; nothing is left running", file=sys.stderr)
        return INTERRUPTED
    say(f"\n{time.monotonic() - begun:.0f} s in all, load average {machine.load()} at the end")
    return code


def sections(*, quick: bool) -> dict[str, Callable[[], None]]:
    """What there is to measure, in the order in which it is printed."""
    extent = QUICK if quick else FULL
    return {
        "startup": lambda: _startup(2 if quick else 5),
        "cases": lambda: cases(("suites", "-k", "ordering") if quick else (), say),
        "fanout": lambda: fanout(extent, say),
        "memory": lambda: memory(extent, say),
    }


def _measured(section: Callable[[], None]) -> int:
    """Measure one section; one that cannot be had does not take the others with it."""
    try:
        section()
    except (BenchError, ProxyError) as error:
        say(f"not measured: {error}")
        return 2
    return 0


def say(text: str) -> None:
    """Print at once: a figure is worth seeing while the next is measured."""
    print(text, flush=True)


def _startup(starts: int) -> None:
    # Authlib, below the provider, speaks of its own next version as soon as it is imported.
    warned = importlib.import_module("authlib.deprecate").AuthlibDeprecationWarning
    warnings.simplefilter("ignore", warned)
    importlib.import_module("tests.bench.startup").startup(starts, say)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    names = tuple(sections(quick=True))
    parser.add_argument("--only", choices=names, help="measure just this")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
