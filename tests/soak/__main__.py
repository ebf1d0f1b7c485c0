"""`tox -e soak`: minutes of steady traffic with trouble; nothing may crash, leak or be lost."""

import argparse
import asyncio
import contextlib
import importlib
import logging
import secrets
import signal
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from fixtures.builder import Builder
from fixtures.faults import Fault, faults_named
from fixtures.plan import Setup
from proxy.definitions import definitions
from proxy.errors import ProxyError
from proxy.model import Feature, ProxyDefinition
from reports import facts
from tests.bench.startup import site
from tests.soak.ground import Ground
from tests.soak.report import Circumstances, write
from tests.soak.soak import Extent, Result, Soak

HELD, DID_NOT_HOLD, NOT_JUDGED, INTERRUPTED = 0, 1, 2, 130
FOLDER = Path("reports/out/soak")

Say = Callable[[str], None]


def main(arguments: Sequence[str]) -> int:
    """Soak one proxy; 0 it held, 1 it did not, 2 it could not be brought up."""
    parser = _parser()
    options = parser.parse_args(arguments)
    fault = _fault(options.proxy, options.fault)
    if options.fault and fault is None:
        parser.error(
            f"no fault {options.fault!r} fits {options.proxy}: tox -e faults has the names"
        )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    extent = Extent(options.minutes * 60, options.rate, options.visits, options.trouble)
    started = facts.now()
    try:
        result, proxy = soak(Setup(options.proxy, fault), extent, say)
    except ProxyError as error:
        print(f"soak: {error}", file=sys.stderr)
        return NOT_JUDGED
    except KeyboardInterrupt:
        print("soak: interrupted; nothing is left running", file=sys.stderr)
        return INTERRUPTED
    where = Circumstances(
        started,
        facts.commit(Path.cwd()),
        f"tox -e soak -- {' '.join(arguments)}".removesuffix(" -- "),
        f"{facts.machine().platform}, {facts.machine().cores} cores",
        proxy,
        options.fault or "",
    )
    page = write(options.report_to, where, extent, result)
    say(f"{page.read_text()}\nwritten to {page}")
    return DID_NOT_HOLD if result.findings else HELD


def soak(setup: Setup, extent: Extent, say: Say) -> tuple[Result, dict[str, str]]:
    """Bring a deployment up, soak it, and tell what it was.

    Raises:
        ProxyError: it does not come up.
    """
    # Authlib, below the provider, speaks of its own next version as soon as it is imported.
    warned = importlib.import_module("authlib.deprecate").AuthlibDeprecationWarning
    warnings.simplefilter("ignore", warned)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # the provider tells each request
    with contextlib.ExitStack() as stack:
        ground_site, _ = stack.enter_context(site("process"))
        deployment = Builder(ground_site, setup, stack).build()
        ground = Ground(ground_site, deployment, f"soak{secrets.token_hex(4)}")
        begun = Soak(ground, extent, say)
        with begun.mishaps.watching():
            return asyncio.run(begun.run()), deployment.record()


def say(text: str) -> None:
    """Print at once."""
    print(text, flush=True)


def able() -> dict[str, ProxyDefinition]:
    """The proxies that can be soaked: those whose gate is an outpost of ours, and reload."""
    return {
        name: each
        for name, each in definitions().items()
        if Feature.OUTPOST in each.features and each.gate is not None
    }


def _fault(proxy: str, name: str | None) -> Fault | None:
    """The fault of this name that fits the proxy."""
    return next((each for each in faults_named(name or "") if each.fits(proxy)), None)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.soak", description=__doc__)
    add, usual = parser.add_argument, Extent()
    add("--minutes", type=float, default=usual.seconds / 60, help="default: %(default)g")
    add("--proxy", default="nginx", choices=tuple(able()), help="default: %(default)s")
    add("--rate", type=float, default=usual.rate, help="events a second, default: %(default)g")
    add("--visits", type=float, default=usual.visits, help="a second, default: %(default)g")
    add("--trouble", type=float, default=usual.trouble, help="seconds from one to the next")
    add("--fault", help="put a fault of the kill matrix in, to see it noticed")
    add("--report-to", type=Path, default=FOLDER, metavar="FOLDER", help="default: %(default)s")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
