"""Fan-out and memory of the reference origin, side by side with the bare broadcast server."""

import contextlib
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.bench.fanout.contenders import CONTENDERS, YARDSTICK, Contender
from tests.bench.fanout.crowd import Crowd, Round
from tests.bench.figures import Spread, table
from tests.bench.machine import allow_files, load

WINDOWS = {1: "lockstep", 8: "bursts of 8", 64: "bursts of 64"}
TARGETS = {1: 1.0, 8: 3.0, 64: 3.0}
"""How many times the rate of the bare server the origin must reach, by messages at once."""

WARM_UP = 0.1
FIRST = 50  # connections before memory is measured: what a server loads once is not in the figure

NOTE = """\
One server process at work at a time, the clients in another process; messages of {size:.0f} bytes
of JSON, no compression, no heartbeats; every byte at every client is checked. Lockstep: the next
message is published when all clients have the last. Bursts: so many are published in one turn of
the event loop, then as in lockstep. {rounds} rounds of {seconds} s, by turns; medians (low-high).
Times: the origin's rate by that of the bare server, round by round. Less by: the CPU time of the
bare server by the origin's, likewise. Load: what the clients take of their core; well below 100%
they are not the limit."""


@dataclass(frozen=True)
class Extent:
    """How much is measured.

    Attributes:
        sizes: numbers of clients.
        rounds: of each kind and contender.
        seconds: that one round takes.
        servers: fresh servers of which memory is measured.
    """

    sizes: tuple[int, ...] = (100, 1000)
    rounds: int = 7
    seconds: float = 0.35
    servers: int = 3


FULL = Extent()
QUICK = Extent(rounds=3, seconds=0.15, servers=1)

Say = Callable[[str], None]


def fanout(extent: Extent, say: Say) -> None:
    """Measure the fan-out and print the tables."""
    allow_files(len(CONTENDERS) * max(extent.sizes) + 100)
    for size in extent.sizes:
        with contextlib.ExitStack() as stack:
            crowds = {each: stack.enter_context(connected(each, size)) for each in CONTENDERS}
            rounds = measure(crowds, extent)
        say(f"fan-out to {size} clients (load average now {load()})")
        say(comparison(rounds))
        say("")
    say(
        NOTE.format(
            size=statistics.fmean(_sizes(crowds)), rounds=extent.rounds, seconds=extent.seconds
        )
    )


@contextlib.contextmanager
def connected(contender: Contender, size: int) -> Iterator[Crowd]:
    """A fresh server with so many clients, warmed up."""
    with contender.crowd() as crowd:
        crowd.connect(size)
        for window in WINDOWS:
            crowd.round(window, WARM_UP)
        yield crowd


Rounds = dict[tuple[int, Contender], list[Round]]


def measure(crowds: dict[Contender, Crowd], extent: Extent) -> Rounds:
    """All rounds by window and contender; the contenders take turns, so that all meet the same."""
    rounds: Rounds = {(window, each): [] for window in WINDOWS for each in crowds}
    for _ in range(extent.rounds):
        for window, contender in rounds:
            rounds[window, contender].append(crowds[contender].round(window, extent.seconds))
    return rounds


def comparison(rounds: Rounds) -> str:
    """One row for each window and contender, the yardstick first."""
    head = (
        "",
        "1000 deliveries/s",
        "times",
        "target",
        "CPU s/million",
        "less by",
        "load",
    )
    rows = []
    for (window, contender), mine in rounds.items():
        ratios = _ratios(window, contender, rounds)
        rows.append([f"{WINDOWS[window]:14}{contender.name}", *_figures(mine), *ratios])
    return table(head, [_ordered(row) for row in rows])


def _figures(mine: Sequence[Round]) -> list[str]:
    rates = Spread.of([each.rate / 1000 for each in mine])
    costs = Spread.of([each.cost for each in mine])
    busy = statistics.median(each.busy for each in mine)
    return [rates.text(), costs.text(2), f"{busy:.0%}"]


def _ratios(window: int, contender: Contender, rounds: Rounds) -> list[str]:
    if contender is YARDSTICK:
        return ["1.00", "", "1.00"]
    # Round by round: two that were measured one after the other met the same load.
    pairs = list(zip(rounds[window, contender], rounds[window, YARDSTICK], strict=True))
    rate = statistics.median(mine.rate / other.rate for mine, other in pairs)
    cost = statistics.median(other.cost / mine.cost for mine, other in pairs)
    target = TARGETS[window]
    return [
        f"{rate:.2f}",
        f">= {target:.0f} {'met' if rate >= target else 'missed'}",
        f"{cost:.2f}",
    ]


def _ordered(row: Sequence[str]) -> list[str]:
    name, rates, costs, busy, times, target, less = row
    return [name, rates, times, target, costs, less, busy]


def _sizes(crowds: dict[Contender, Crowd]) -> list[float]:
    return [crowd.stream.size / crowd.stream.documents for crowd in crowds.values()]


def memory(extent: Extent, say: Say) -> None:
    """Measure the memory of idle connections and print the table."""
    size = max(extent.sizes)
    allow_files(size + FIRST + 100)
    rows = []
    for contender in CONTENDERS:
        grown = [growth(contender, size) / size / 1024 for _ in range(extent.servers)]
        rows.append([contender.name, Spread.of(grown).text(1)])
    say(table(("", "KiB per idle connection"), rows))
    say("")
    say(
        f"Growth of the server's resident memory from {FIRST} to {FIRST + size} connections; "
        f"{extent.servers} fresh server(s) each."
    )


def growth(contender: Contender, size: int) -> int:
    """Bytes by which a fresh server grows with so many connections."""
    with contender.crowd() as crowd:
        crowd.connect(FIRST)
        before = crowd.server.costs().memory
        crowd.connect(size)
        return crowd.server.costs().memory - before
