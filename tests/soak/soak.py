"""A soak: steady traffic and one trouble after the other, and what is left of it in the end."""

import asyncio
import contextlib
import dataclasses
import itertools
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from proxyproof.events import Event
from tests.soak.account import Account
from tests.soak.ground import Ground
from tests.soak.measures import Growth, measured, settled
from tests.soak.mishaps import Mishaps, failures_of
from tests.soak.traffic import TRANSPORTS, Listener, gone_in_the_end, publish, visit
from tests.soak.troubles import Troubles

THREADS = 4  # that wait for programs; all are begun at once, so that they are no growth later
LOOK = 0.02


@dataclass(frozen=True)
class Extent:
    """How long and how hard.

    Attributes:
        seconds: of traffic and trouble, without what comes before and after.
        rate: events a second.
        visits: visitors a second.
        trouble: seconds from the beginning of one trouble to that of the next, at least.
        patience: seconds in which everybody must have what was published, and then be gone.
        kinds: of trouble, in turn; empty: all that there are. Each happens once at least.
    """

    seconds: float = 600.0
    rate: float = 10.0
    visits: float = 1.0
    trouble: float = 5.0
    patience: float = 20.0
    kinds: tuple[str, ...] = ()


@dataclass
class Result:
    """What a soak showed.

    Attributes:
        counts: what happened, by name.
        growth: what is held, at the start and at the end.
        findings: all that is wrong, a sentence each; none: it held.
    """

    counts: dict[str, int]
    growth: list[Growth] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


@dataclass
class Soak:
    """One soak of one deployment."""

    ground: Ground
    extent: Extent
    say: Callable[[str], None]
    mishaps: Mishaps = field(default_factory=Mishaps)

    async def run(self) -> Result:
        """Warm up, measure, let everything happen, and measure again."""
        await self._prepare()
        warm_up = dataclasses.replace(self.extent, seconds=0.0, trouble=0.0)
        findings = await self._happen(warm_up)
        start = await self._quiet()
        self.ground.counts.clear()
        self.say("warmed up: what is held now is the start")
        findings += await self._happen(self.extent)
        await self._quiet()
        growth = await settled(self.ground, start, self.extent.patience)
        findings += [str(one) for one in growth if one.is_leak]
        return Result(self.ground.counts, growth, findings + self._failures())

    async def _prepare(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(THREADS))
        barrier = threading.Barrier(THREADS)
        await asyncio.gather(*(asyncio.to_thread(barrier.wait) for _ in range(THREADS)))
        self.mishaps.watch(loop)
        await self.ground.origin.thread.ask(self._watch())
        self.ground.origin.script.lease = self.ground.life.lease

    async def _watch(self) -> None:
        self.mishaps.watch(asyncio.get_running_loop())
        self.ground.origin.thread.origin.emitter.subscribe(self._note)

    def _note(self, event: Event) -> None:
        self.ground.published.note(event)

    async def _happen(self, extent: Extent) -> list[str]:
        """Let everything happen for so long; what is wrong with what arrived."""
        loops = [await self._loop() for _ in range(2)]
        listeners = [await self._listener(one, loops[one % 2]) for one in range(4)]
        accounts = [each.account for each in listeners]
        staying = [asyncio.create_task(each.listen()) for each in listeners]
        passing = [
            asyncio.create_task(publish(self.ground, loops, 1 / extent.rate)),
            asyncio.create_task(visit(self.ground, 1 / extent.visits)),
        ]
        async with gone_in_the_end(staying):
            async with gone_in_the_end(passing):
                findings = await self._trouble(extent, [each.user for each in listeners])
            await self._caught_up(accounts)
            findings += [str(task.exception()) for task in (*staying, *passing) if _failed(task)]
        self.ground.count("events published", sum(len(self.ground.published.of(x)) for x in loops))
        self.ground.count("events due to listeners", sum(len(each.due) - 1 for each in accounts))
        return findings + [what for account in accounts for what in account.faults()]

    async def _loop(self) -> str:
        loop = await self.ground.origin.loop(secrets.token_hex(4))
        await self.ground.origin.publish(loop)
        return loop

    async def _listener(self, number: int, loop: str) -> Listener:
        transport = TRANSPORTS[number % len(TRANSPORTS)]
        account = Account(f"listener {number} ({transport})", self.ground.published.of(loop))
        return Listener(self.ground, f"listener-{number}", transport, loop, account)

    async def _trouble(self, extent: Extent, users: list[str]) -> list[str]:
        """Bring one trouble after the other until the time is up; what it would not survive."""
        loop, findings = asyncio.get_running_loop(), list[str]()
        until, troubles = loop.time() + extent.seconds, Troubles(self.ground, tuple(users))
        names = extent.kinds or tuple(troubles.kinds)
        for number, name in enumerate(itertools.cycle(names)):
            if number >= len(names) and loop.time() >= until:
                break
            due = min(loop.time() + extent.trouble, until)
            findings += await troubles.befall(name)
            await asyncio.sleep(max(0.0, due - loop.time()))
        return findings

    async def _caught_up(self, accounts: list[Account]) -> None:
        """Give everybody the time to receive what was published; the accounts tell what is not."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.extent.patience):
                while not all(one.is_settled for one in accounts):  # noqa: ASYNC110 -- two loops
                    await asyncio.sleep(LOOK)

    async def _quiet(self) -> dict[str, dict[str, int]]:
        """End the idle connections that the proxy and the origin's lease may keep to the others."""
        await self.ground.trouble.restart()
        await asyncio.to_thread(self.ground.deployment.own_proxy().restart)
        return await measured(self.ground)

    def _failures(self) -> list[str]:
        programs = (self.ground.deployment.own_proxy(), self.ground.outpost.running)
        written = [what for program in programs for what in failures_of(program)]
        return [f"not caught: {what}" for what in self.mishaps.seen] + written


def _failed(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is not None
