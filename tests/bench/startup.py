"""How long each deployment takes to come up, part by part, in both runtimes."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import trustme

from fixtures.builder import Builder
from fixtures.certificates import Certificates
from fixtures.deadlines import Deadlines
from fixtures.options import Options
from fixtures.plan import Setup
from fixtures.provider import provider
from fixtures.site import Site
from proxy.definitions import definitions
from proxy.errors import RuntimeUnavailable
from proxy.launch import Launcher
from proxy.leftovers import clear_leftovers
from proxy.program import Program
from proxy.run import Run
from proxy.running import Running
from proxy.runtimes import choose
from tests.bench.figures import Spread, table

RUNTIMES = ("process", "container")
Times = dict[str, list[float]]


@dataclass
class TimedLauncher(Launcher):
    """A launcher that keeps how long each start took, in milliseconds."""

    times: Times = field(default_factory=dict, init=False)

    def start(self, program: Program, *values: Any, **options: Any) -> Running:  # noqa: ANN401
        """Start a program, as ever, and keep the time up to its first answer."""
        begun = time.perf_counter()
        running = super().start(program, *values, **options)
        self.times.setdefault(program.name, []).append((time.perf_counter() - begun) * 1000)
        return running


def startup(starts: int, say: Callable[[str], None]) -> None:
    """Measure the starts in each runtime and print the table."""
    measured: dict[str, Times] = {}
    for runtime in RUNTIMES:
        try:
            measured[runtime] = times_in(runtime, starts)
        except RuntimeUnavailable as error:
            say(f"{runtime} runtime not measured: {error}")
    names = dict.fromkeys(name for times in measured.values() for name in times)
    rows = [[name, *(_cell(times.get(name)) for times in measured.values())] for name in names]
    say(table(("ms to the first answer", *measured), rows))
    say("")
    say(f"{starts} starts each, after one that is not counted (images): median (low-high).")
    say("direct is the origin alone, in a thread of the harness; all serve TLS.")


def times_in(runtime: str, starts: int) -> Times:
    """Milliseconds of each start by name, the whole deployments among them.

    Raises:
        RuntimeUnavailable: no engine answers.
    """
    with site(runtime) as (ground, launcher):
        whole: Times = {}
        for turn in range(starts + 1):
            for name in definitions():
                took = build(ground, name)
                whole.setdefault(_whole(name), []).append(took)
            if turn == 0:
                whole.clear()
                launcher.times.clear()
        return {
            **{name: whole.pop(name) for name in list(whole) if name == "direct"},
            **launcher.times,
            **whole,
        }


def build(ground: Site, name: str) -> float:
    """Bring one deployment up and down; milliseconds that it took to come up."""
    with contextlib.ExitStack() as stack:
        begun = time.perf_counter()
        Builder(ground, Setup(name), stack).build()
        return (time.perf_counter() - begun) * 1000


@contextlib.contextmanager
def site(runtime: str) -> Iterator[tuple[Site, TimedLauncher]]:
    """The same ground as that of a run of the gate, outside pytest."""
    clear_leftovers()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="proxyproof-bench-")))
        run = stack.enter_context(Run.begin())
        launcher = stack.enter_context(TimedLauncher(run, choose(runtime, run)))
        issuer = stack.enter_context(provider(launcher.runtime.reach.bind))
        asked = Options((), runtime, tls=True, images=(), faults=False)
        yield Site(launcher, issuer, certificates(folder), asked, Deadlines()), launcher


def certificates(folder: Path) -> Certificates:
    """Certificates for these deployments."""
    authority = trustme.CA()
    server = authority.issue_cert("localhost", "127.0.0.1")
    files = Certificates(folder / "server.pem", folder / "server.key", folder / "authority.pem")
    server.cert_chain_pems[0].write_to_path(files.certificate)
    server.private_key_pem.write_to_path(files.key)
    authority.cert_pem.write_to_path(files.authority)
    return files


def _whole(name: str) -> str:
    return name if name == "direct" else f"{name}, the whole deployment"


def _cell(samples: list[float] | None) -> str:
    return Spread.of(samples).text() if samples else ""
