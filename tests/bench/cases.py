"""Milliseconds per case and where they go, from one real run of the gate in its own process."""

import json
import os
import signal
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.figures import percentile, table
from tests.bench.recorder import PATH
from tests.bench.trouble import BenchError

LIMIT = 180.0  # seconds after which the run is ended
GOODBYE = 20.0  # seconds that it may take to end its deployments when it is interrupted
SLOWEST = 10
PHASES = ("setup", "call", "teardown")


@dataclass(frozen=True)
class Case:
    """One case behind one proxy: milliseconds by phase."""

    name: str
    proxy: str
    phases: dict[str, float]

    @property
    def whole(self) -> float:
        """Milliseconds of the case, without the deployment that it shares with others."""
        return sum(self.phases.values())


def cases(select: Sequence[str], say: Callable[[str], None]) -> None:
    """Run the suites in the process runtime and print where the time went.

    Args:
        select: arguments for pytest; empty for all cases.
        say: prints.
    """
    with TemporaryDirectory(prefix="proxyproof-bench-") as folder:
        record, said, wall = _recorded(Path(folder), select)
    say(f"{said}\n")
    found = read(record["phases"])
    ran = [case for case in found if "call" in case.phases]  # the others are unsupported
    say(by_proxy(ran))
    say("")
    say(where(record, found, wall))
    say("")
    say(f"slowest {SLOWEST} (set-up, call, teardown)")
    say(slowest(ran))


def read(phases: Sequence[dict[str, Any]]) -> list[Case]:
    """The cases, of the phases as recorded."""
    by_node: dict[str, dict[str, float]] = defaultdict(dict)
    proxies = {}
    for phase in phases:
        by_node[phase["case"]][phase["when"]] = phase["seconds"] * 1000
        proxies[phase["case"]] = phase["proxy"]
    return [Case(_short(node), proxies[node], spent) for node, spent in by_node.items()]


def by_proxy(found: Sequence[Case]) -> str:
    """Median and 90th percentile, of each proxy and of all."""
    proxies = dict.fromkeys(case.proxy for case in found)
    groups = {proxy: [case for case in found if case.proxy == proxy] for proxy in proxies}
    head = ("ms per case", "cases", "median", "p90", "max", "set-up", "call", "teardown")
    return table(head, [_row(*group) for group in {**groups, "all": list(found)}.items()])


def where(record: dict[str, Any], found: Sequence[Case], wall: float) -> str:
    """What the whole run spent its time on, in seconds; `wall` is what it took in all."""
    shared = dict(record["shared"])
    spent = {
        "start of Python and imports": wall - record["wall"],
        "collection": record["collection"],
        "deployments up": shared.pop("deployment up", 0.0),
        "deployments down": shared.pop("deployment down", 0.0),
        "other shared fixtures": sum(shared.values()),
        "set-up of the cases": _total(found, "setup"),
        "calls": _total(found, "call"),
        "teardown of the cases": _total(found, "teardown"),
    }
    spent["pytest, verdicts, documents"] = wall - sum(spent.values())
    spent["all"] = wall
    rows = [[what, f"{took:.2f}", f"{took / wall:.0%}"] for what, took in spent.items()]
    return table(("where the run goes", "s", "share"), rows)


def slowest(found: Sequence[Case]) -> str:
    """The cases that took longest."""
    worst = sorted(found, key=lambda case: -case.whole)[:SLOWEST]
    rows = [[case.name, f"{case.whole:.0f}", _by_phase(case)] for case in worst]
    return table(("", "ms", "of which"), rows)


def _by_phase(case: Case) -> str:
    return " + ".join(f"{case.phases.get(phase, 0.0):.0f}" for phase in PHASES)


def _row(name: str, found: Sequence[Case]) -> list[str]:
    wholes = [case.whole for case in found]
    middle = [statistics.median(case.phases.get(phase, 0.0) for case in found) for phase in PHASES]
    figures = [statistics.median(wholes), percentile(wholes, 0.9), max(wholes), *middle]
    return [name, str(len(found)), *(f"{figure:.1f}" for figure in figures)]


def _total(found: Sequence[Case], phase: str) -> float:
    return sum(case.phases.get(phase, 0.0) for case in found) / 1000


def _short(node: str) -> str:
    return node.rpartition("::")[2].removeprefix("test_")


def _recorded(folder: Path, select: Sequence[str]) -> tuple[dict[str, Any], str, float]:
    path = folder / "record.json"
    command = (sys.executable, "-m", "reports.gate", *(select or ("suites",)))
    options = ("--runtime=process", f"--report-to={folder}", "-p", "tests.bench.recorder")
    begun = os.times().elapsed
    said = _run([*command, *options], {**os.environ, PATH: str(path)})
    wall = os.times().elapsed - begun
    recorded = json.loads(path.read_text()) if path.exists() else {}
    if not recorded.get("phases"):
        raise BenchError(f"no case of the suites ran; pytest said:\n{said}")
    report = folder / "latest" / "run.json"
    counts = json.loads(report.read_text())["counts"] if report.exists() else {}
    verdicts = ", ".join(f"{number} {verdict}" for verdict, number in counts.items() if number)
    return recorded, verdicts or "no verdicts", wall


def _run(command: Sequence[str], environment: dict[str, str]) -> str:
    # A session of its own: Ctrl-C reaches the benchmark alone, and it interrupts the run just once.
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            return process.communicate(timeout=LIMIT)[0]
        except subprocess.TimeoutExpired:
            raise BenchError(f"the run of the suites did not end within {LIMIT:.0f} s") from None
        finally:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=GOODBYE)
    except subprocess.TimeoutExpired:
        process.kill()
