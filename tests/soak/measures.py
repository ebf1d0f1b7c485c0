"""What each process of ours holds before and after, and how much more is no leak."""

import asyncio
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from proxyproof.holdings import Holdings, holdings
from proxyproof.origin import Origin
from tests.soak.ground import Ground

MIB = 2**20
LOOK = 0.1  # seconds between two looks

# How much more than at the start. Nothing may remain of what is counted one by one. Objects and
# memory: caches, what logins leave at the provider, what the outpost remembers of requests.
TOLERANCE: Mapping[str, int] = {
    "streams": 0,
    "tasks": 0,
    "origin tasks": 0,
    "threads": 0,
    "files": 0,
    "objects": 5_000,
    "resident": 16 * MIB,
}
# The outpost remembers its last 10 000 requests and its sessions on purpose: objects say nothing.
OF_OUTPOST = ("tasks", "threads", "files", "resident")

Figures = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Growth:
    """One figure of one process, at the start and at the end."""

    process: str
    what: str
    start: int
    end: int

    @property
    def tolerance(self) -> int:
        """How much more at the end is no leak."""
        return TOLERANCE[self.what]

    @property
    def is_leak(self) -> bool:
        """Whether more remains than may."""
        return self.end - self.start > self.tolerance

    def __str__(self) -> str:
        return (
            f"{self.process} holds {self.end} {self.what}, {self.start} at the start; "
            f"{self.tolerance} more are allowed"
        )


async def measured(ground: Ground) -> Figures:
    """What the processes of ours hold now; nobody may be connected."""
    for token in ground.tokens:
        await ground.origin.thread.do(partial(_forget, token))
    own = dataclasses.asdict(await holdings())
    own["origin tasks"] = (await ground.origin.thread.ask(holdings())).tasks
    own["streams"] = await ground.origin.thread.do(lambda origin: len(origin.streams))
    far = dataclasses.asdict(await _of_outpost(ground))
    return {
        "harness": {what: own[what] for what in TOLERANCE},
        "outpost": {what: far[what] for what in OF_OUTPOST},
    }


def compared(start: Figures, end: Figures) -> list[Growth]:
    """Both, figure by figure."""
    return [
        Growth(process, what, start[process][what], figure)
        for process, figures in end.items()
        for what, figure in figures.items()
    ]


async def settled(ground: Ground, start: Figures, patience: float) -> list[Growth]:
    """What remains when the ends of connections had so many seconds to arrive."""
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    growth = compared(start, await measured(ground))
    while any(one.is_leak for one in growth) and loop.time() < until:
        await asyncio.sleep(LOOK)
        growth = compared(start, await measured(ground))
    return growth


async def _of_outpost(ground: Ground) -> Holdings:
    return Holdings(**await ground.outpost.holdings())


def _forget(token: str, origin: Origin) -> None:
    """Drop what the origin keeps on purpose: its log, and its testimony about this token."""
    origin.forget()
    case = origin.ledger.of(token)
    for kept in (case.heads, case.answers, case.published, case.opened, case.closed, case.batches):
        kept.clear()
