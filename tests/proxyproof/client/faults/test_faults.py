import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from proxyproof.client import FAULTS, Cause, Ending
from proxyproof.client.decoder import EventStreamDecoder, Item
from proxyproof.client.faults import assembled
from proxyproof.client.message import read_event
from proxyproof.client.parts import Parts
from proxyproof.client.policy import Policy
from proxyproof.client.recovery.backoff import Backoff
from proxyproof.client.recovery.route import Route
from proxyproof.client.recovery.rules import Meaning
from proxyproof.client.transport.watchdog import Silence
from tests.proxyproof.client.faults.scenarios import STREAMED
from tests.proxyproof.client.stage import Stage, staged

GOOD = Parts()
STEADY = Policy(backoff_base=1.0, backoff_cap=8.0, stable_seconds=10.0, random=lambda: 0.5)


def with_fault(name: str) -> Parts:
    return assembled(GOOD, [name])


@pytest.mark.parametrize("name", STREAMED)
async def test_fault_of_the_stream_is_seen(stage: Stage, name: str) -> None:
    scenario, good, faulty = STREAMED[name]
    async with staged() as another:
        without = await scenario(another)

    assert without == good
    assert await scenario(stage, name) == faulty


# The faults of the pure parts need no stream.


def decoded(decoder: EventStreamDecoder) -> list[Item]:
    chunks = [b"data: a", b"b\n\n"]
    return [item for chunk in chunks for item in decoder.feed(chunk)]


def four_waits(backoff: Backoff) -> list[float]:
    return [backoff.wait(None, event_stream=False) for _ in range(4)]


def waits_after_open(backoff: Backoff) -> list[float]:
    four_waits(backoff)
    backoff.opened()
    backoff.ended(0.1)
    return four_waits(backoff)[:1]


def waits_after_stable(backoff: Backoff) -> list[float]:
    four_waits(backoff)
    backoff.ended(99.0)
    return four_waits(backoff)[:1]


def wait_with_retry(backoff: Backoff) -> float:
    backoff.retry(100.0)
    return backoff.wait(None, event_stream=True)


def wait_with_retry_after(backoff: Backoff) -> float:
    return backoff.wait(100.0, event_stream=True)


def routed(route: Route) -> tuple[str, bool]:
    refused = Ending(transport="websocket", cause=Cause.REFUSED, detail="", status=404)
    route.ended(refused, Meaning.UNSUITED, now=0.0)
    return route.transport, route.return_at is not None


def refusal(status: int) -> Ending:
    return Ending(transport="sse", cause=Cause.REFUSED, detail="", status=status)


def meanings(parts: Parts) -> list[Meaning]:
    lost = Ending(transport="sse", cause=Cause.ABORTED, detail="")
    return [parts.judge(refusal(401)), parts.judge(refusal(502)), parts.judge(lost)]


UNAUTHORIZED, TEMPORARY, FINAL = Meaning.UNAUTHORIZED, Meaning.TEMPORARY, Meaning.FINAL
PURE: dict[str, tuple[Callable[[Parts], object], object, object]] = {
    "splits-on-chunks": (
        lambda parts: [getattr(item, "data", None) for item in decoded(parts.decoder(""))],
        ["ab"],
        ["a"],
    ),
    "no-backoff": (lambda p: four_waits(p.backoff(STEADY)), [0.5, 1.0, 2.0, 4.0], [0.01] * 4),
    "no-jitter": (lambda p: four_waits(p.backoff(STEADY)), [0.5, 1.0, 2.0, 4.0], [1, 2, 4, 8]),
    "never-resets-backoff": (lambda p: waits_after_stable(p.backoff(STEADY)), [0.5], [4.0]),
    "resets-too-early": (lambda p: waits_after_open(p.backoff(STEADY)), [4.0], [0.5]),
    "ignores-retry": (lambda p: wait_with_retry(p.backoff(STEADY)), 100.5, 0.5),
    "ignores-retry-after": (lambda p: wait_with_retry_after(p.backoff(STEADY)), 100.5, 0.5),
    "never-falls-back": (
        lambda parts: routed(parts.route(("websocket", "sse"), STEADY)),
        ("sse", True),
        ("websocket", False),
    ),
    "stuck-on-fallback": (
        lambda parts: routed(parts.route(("websocket", "sse"), STEADY)),
        ("sse", True),
        ("sse", False),
    ),
    "loops-on-401": (meanings, [UNAUTHORIZED, TEMPORARY, TEMPORARY], [TEMPORARY] * 3),
    "dies-on-5xx": (
        meanings,
        [UNAUTHORIZED, TEMPORARY, TEMPORARY],
        [UNAUTHORIZED, FINAL, TEMPORARY],
    ),
    "never-reconnects": (meanings, [UNAUTHORIZED, TEMPORARY, TEMPORARY], [FINAL] * 3),
}


@pytest.mark.parametrize("name", PURE)
def test_fault_of_a_pure_part_is_seen(name: str) -> None:
    observe, good, faulty = PURE[name]

    assert observe(GOOD) == good
    assert observe(with_fault(name)) == faulty


async def test_no_watchdog_never_notices_silence() -> None:
    silence = asyncio.Event()
    asyncio.get_running_loop().call_later(0.05, silence.set)

    with pytest.raises(Silence):
        await GOOD.watchdog(0.01).watch(silence.wait())

    assert await with_fault("no-watchdog").watchdog(0.01).watch(silence.wait())


async def test_drops_unread_keeps_the_newest() -> None:
    mailbox = with_fault("drops-unread").mailbox(2)
    for number in range(4):
        await mailbox.put(read_event(f'{{"id":"{number}"}}', 0.0))
    mailbox.end()

    kept = [await mailbox.get() for _ in range(3)]

    assert [event and event.id for event in kept] == ["2", "3", None]


# The registry


def test_every_fault_is_seen_here() -> None:
    assert {*STREAMED, *PURE, "no-watchdog", "drops-unread"} == set(FAULTS)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)
def test_fault_replaces_one_part(fault: Any) -> None:  # noqa: ANN401
    parts = fault.apply(GOOD)
    changed = [name for name in vars(GOOD) if getattr(parts, name) != getattr(GOOD, name)]

    assert len(changed) == 1
    assert fault.summary
    assert fault.source


def test_unknown_fault_is_named_with_the_known_ones() -> None:
    with pytest.raises(
        ValueError, match=r"no fault 'no-sense' of the client: expected .*no-jitter"
    ):
        assembled(GOOD, ["no-sense"])


def test_several_faults_are_put_in_together() -> None:
    parts = assembled(GOOD, ["no-jitter", "no-watchdog"])

    assert parts == replace(
        GOOD,
        backoff=with_fault("no-jitter").backoff,
        watchdog=with_fault("no-watchdog").watchdog,
    )
