import asyncio
from dataclasses import replace

import pytest

from proxyproof.client import Cause, EventStream
from tests.proxyproof.client.stage import (
    DEADLINE,
    QUICK,
    Stage,
    accept_and_close,
    ids,
    never_answer,
    numbers,
    refuse,
    statuses,
    stream_of,
)


@pytest.mark.parametrize("status", [400, 403, 404, 426, 501, 502])
async def test_refused_upgrade_falls_back(stage: Stage, status: int) -> None:
    stage.always["websocket"] = refuse(status)
    async with stream_of(stage) as stream:
        await stage.opened(2)
        stage.publish()

        assert await ids(stream, 1) == ["e-1"]
    assert [name for name, _ in stage.asked()] == ["websocket", "sse"]


async def test_unanswered_upgrade_falls_back(stage: Stage) -> None:
    stage.always["websocket"] = never_answer
    async with stream_of(stage, open_timeout=0.2) as stream:
        await stage.opened(2)

    assert stream.endings[0].cause is Cause.TIMEOUT


async def test_upgrade_accepted_then_closed_falls_back(stage: Stage) -> None:
    stage.always["websocket"] = accept_and_close(1000)
    async with stream_of(stage):
        await stage.opened(2)

    assert [name for name, _ in stage.asked()] == ["websocket", "sse"]


async def test_websocket_that_dies_again_and_again_falls_back(stage: Stage) -> None:
    stage.publish(4)
    async with EventStream(stage.url, resume_from="e-0", policy=QUICK) as stream:
        for turn in range(1, 4):
            server = await stage.opened(turn)
            await stream.until("open")
            server.tell(server.abort)
        await stage.opened(4)
        await stream.until("open", "sse")

        assert await ids(stream, 4) == numbers(1, 4)
    assert [name for name, _ in stage.asked()] == ["websocket"] * 3 + ["sse"]


async def test_withdrawal_moves_the_stream_and_loses_nothing(stage: Stage) -> None:
    async with stream_of(stage) as stream:
        server = await stage.opened()
        await stream.until("open")
        stage.always["websocket"] = refuse(410)
        stage.publish(3)
        server.tell(lambda: server.end(4410, "use the other"))
        stage.publish(3)
        await stage.opened(2)
        stage.publish(3)

        assert await ids(stream, 9) == numbers(1, 9)
    assert stage.asked() == [("websocket", None), ("sse", "e-3")]
    assert statuses(stream)[2:5] == ["waiting sse", "connecting sse", "open sse"]


async def test_restored_websocket_is_used_again_and_loses_nothing(stage: Stage) -> None:
    stage.script["websocket"].append(refuse(502))
    async with stream_of(stage, return_seconds=0.2) as stream:
        await stage.opened(2)
        while len(stage.requests) < 3:
            stage.publish(10)
            await asyncio.sleep(0.01)
        await stage.opened(3)
        stage.publish(10)

        assert await ids(stream, len(stage.log)) == numbers(1, len(stage.log))
    assert [name for name, _ in stage.asked()] == ["websocket", "sse", "websocket"]
    assert stream.endings[-1].cause is Cause.REPLACED
    assert stage.most_open == 1


async def test_fallback_that_is_down_gives_way_to_websocket_in_time(stage: Stage) -> None:
    stage.script["websocket"].append(refuse(404))
    stage.always["sse"] = refuse(503)
    async with stream_of(stage, return_seconds=0.05) as stream:
        await asyncio.wait_for(stream.until("open", "websocket"), DEADLINE)

    assert stream.transport == "websocket"


async def test_url_of_one_stream_has_no_fallback() -> None:
    with pytest.raises(ValueError, match="leads to websocket, not to 'sse'"):
        EventStream("ws://localhost/feed", "sse")


async def test_return_amid_unread_events_loses_and_repeats_nothing(stage: Stage) -> None:
    stage.publish()
    stage.script["websocket"].append(refuse(502))
    # It knows its place from the start: the return may come before the first event does.
    policy = replace(QUICK, queue=2, return_seconds=0.1)
    async with EventStream(stage.url, resume_from="e-1", policy=policy) as stream:
        await stage.opened(2)
        stage.publish(50)
        await stage.opened(3)
        stage.publish(50)

        assert await ids(stream, 100) == numbers(2, 101)
    assert [name for name, _ in stage.asked()] == ["websocket", "sse", "websocket"]
