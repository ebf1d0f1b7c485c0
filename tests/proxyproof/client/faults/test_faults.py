import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from proxyproof.client import FAULTS, Cause, Ending, EventStream
from proxyproof.client.decoder import EventStreamDecoder, Item
from proxyproof.client.faults import assembled
from proxyproof.client.message import read_event
from proxyproof.client.parts import Parts
from proxyproof.client.policy import Policy
from proxyproof.client.recovery.backoff import Backoff
from proxyproof.client.recovery.route import Route
from proxyproof.client.recovery.rules import Meaning
from proxyproof.client.transport.watchdog import Silence
from tests.proxyproof.client.stage import (
    DEADLINE,
    QUICK,
    Stage,
    ids,
    numbers,
    staged,
    statuses,
    write,
)

GOOD = Parts()
STEADY = Policy(backoff_base=1.0, backoff_cap=8.0, stable_seconds=10.0, random=lambda: 0.5)


def with_fault(name: str) -> Parts:
    return assembled(GOOD, [name])


def stream_of(stage: Stage, *faults: str, **options: Any) -> EventStream:  # noqa: ANN401
    return EventStream(stage.url, **{"policy": QUICK, **options}, faults=faults)


async def until_marker(stream: EventStream, marker: str) -> list[str]:
    seen = []
    async with asyncio.timeout(DEADLINE):
        async for event in stream:
            seen.append(event.id)
            if event.id == marker:
                break
    return seen


# Each scenario tells what is observed; the fault must change that, and the good client must not.


async def ids_over_a_cut(stage: Stage, *faults: str) -> object:
    """Two events, a cut, three events meanwhile, a marker on the new connection."""
    async with stream_of(stage, *faults, transport="sse", resume_from="e-0") as stream:
        server = await stage.opened()
        stage.publish(2)
        seen = await ids(stream, 2)
        server.tell(server.abort)
        await stage.holds(0)
        stage.publish(3)
        await stage.opened(2)
        stage.publish(1)
        return seen + await until_marker(stream, "e-6")


async def ids_over_a_switch(stage: Stage, *faults: str) -> object:
    async with stream_of(stage, *faults) as stream:
        server = await stage.opened()
        stage.publish(2)
        seen = await ids(stream, 2)
        server.tell(lambda: server.end(4410))
        await stage.holds(0)
        stage.publish(3)
        await stage.opened(2)
        stage.publish(1)
        return seen + await until_marker(stream, "e-6")


async def paths_over_a_cut(stage: Stage, *faults: str) -> object:
    async with stream_of(stage, *faults, loop_id="a"):
        server = await stage.opened()
        server.tell(server.abort)
        await stage.opened(2)
    return [request.query.get("loopId") for _, request in stage.requests]


async def texts_of_a_cut_event(stage: Stage, *faults: str) -> object:
    stage.script["sse"].append(write(b"data: whole\n\ndata: ha"))
    async with stream_of(stage, *faults, transport="sse") as stream:
        await stage.opened(2)
        stage.publish()
        seen = []
        async for event in stream:
            seen.append(event.raw)
            if event.id == "e-1":
                return seen[:-1]
    return None


async def text_of_a_fragmented_message(_: Stage, *faults: str) -> object:
    async def send(server: ServerConnection) -> None:
        await server.send(["a", "b", "c"])
        await server.wait_closed()

    async with serve(send, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with EventStream(f"ws://127.0.0.1:{port}/feed", faults=faults) as stream:
            return (await anext(stream)).raw


async def causes_of_an_abort(stage: Stage, *faults: str) -> object:
    stage.script["sse"].append(write(b":\n", then="abort"))
    async with stream_of(stage, *faults, transport="sse") as stream:
        await stage.opened(2)
    return [ending.cause for ending in stream.endings]


async def statuses_over_a_cut(stage: Stage, *faults: str) -> object:
    async with stream_of(stage, *faults, transport="sse") as stream:
        server = await stage.opened()
        await stream.until("open")
        server.tell(server.abort)
        await stage.opened(2)
        stage.publish()
        await ids(stream, 1)
    return statuses(stream)


async def copies_after_a_cut(stage: Stage, *faults: str) -> object:
    async with stream_of(stage, *faults, transport="sse") as stream:
        server = await stage.opened()
        server.tell(server.abort)
        await stage.opened(2 + len(faults))
        await stage.holds(1 + len(faults))
        stage.publish(2)
        return sorted(await ids(stream, 2 + 2 * len(faults)))


async def requests_after_a_close(stage: Stage, *faults: str) -> object:
    async with stream_of(stage, *faults, transport="sse") as stream:
        await stage.opened()
    await stage.opened(1 + len(faults))
    return len(stage.requests), stream.connections


ALL = numbers(1, 6)
STREAMED: dict[str, tuple[Callable[..., Awaitable[object]], object, object]] = {
    "never-resumes": (ids_over_a_cut, ALL, ["e-1", "e-2", "e-6"]),
    "forgets-last-id": (ids_over_a_cut, ALL, ["e-1", "e-2", *ALL]),
    "duplicates-on-resume": (ids_over_a_cut, ALL, ["e-1", *numbers(2, 2), *numbers(2, 6)]),
    "skips-on-resume": (ids_over_a_cut, ALL, ["e-1", "e-2", *numbers(4, 6)]),
    "forgets-id-on-switch": (ids_over_a_switch, ALL, ["e-1", "e-2", "e-6"]),
    "forgets-filter": (paths_over_a_cut, ["a", "a"], ["a", None]),
    "dispatches-partial": (texts_of_a_cut_event, ["whole"], ["whole", "ha"]),
    "reorders-fragments": (text_of_a_fragmented_message, "abc", "cba"),
    "swallows-abort": (causes_of_an_abort, [Cause.ABORTED], [Cause.CLOSED]),
    "status-stuck-open": (
        statuses_over_a_cut,
        [f"{s} sse" for s in ("connecting", "open", "waiting", "connecting", "open", "closed")],
        [f"{s} sse" for s in ("connecting", "open", "closed")],
    ),
    "double-connection": (copies_after_a_cut, ["e-1", "e-2"], ["e-1", "e-1", "e-2", "e-2"]),
    "reconnects-after-close": (requests_after_a_close, (1, 1), (2, 2)),
}


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
