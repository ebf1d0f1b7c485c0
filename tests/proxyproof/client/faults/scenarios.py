"""What is seen of a stream, with and without a fault."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from proxyproof.client import Cause, EventStream
from tests.proxyproof.client.stage import (
    DEADLINE,
    QUICK,
    Stage,
    ids,
    numbers,
    statuses,
    write,
)


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
