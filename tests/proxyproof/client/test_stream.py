import asyncio
import ssl

import pytest

from proxyproof.client import Change, EventStream, TransportName
from proxyproof.client.transport.channel import SentHead
from tests.proxyproof.client.stage import (
    DEADLINE,
    QUICK,
    Stage,
    ended,
    ids,
    numbers,
    refuse,
    statuses,
    stream_of,
    take,
)

BOTH: list[TransportName] = ["websocket", "sse"]
both = pytest.mark.parametrize("transport", BOTH)


@both
async def test_events_arrive_as_they_were_sent(stage: Stage, transport: TransportName) -> None:
    async with stream_of(stage, transport) as stream:
        await stage.opened()
        stage.publish()
        (event,) = await take(stream, 1)

    assert (event.id, event.type, event.raw) == ("e-1", "loop.log", stage.log[0])
    assert event.data["padding"] == ""
    assert event.at > 0


@both
async def test_user_learns_every_status_in_order(stage: Stage, transport: TransportName) -> None:
    told: list[Change] = []
    async with stream_of(stage, transport) as stream:
        stream.on_status(told.append)
        server = await stage.opened()
        await stream.until("open")
        server.tell(server.abort)
        await stage.opened(2)
        await stream.until("open")

    expected = ["connecting", "open", "waiting", "connecting", "open", "closed"]
    assert statuses(stream) == [f"{status} {transport}" for status in expected]
    assert told == stream.history
    assert stream.history[-1].reason == "closed by the user"


async def test_stream_is_closed_before_it_is_entered(stage: Stage) -> None:
    stream = stream_of(stage)

    assert (stream.status, stream.transport, stream.connections) == ("closed", None, 0)


@both
@pytest.mark.parametrize("how", ["abort", "end"])
async def test_lost_connection_resumes_without_loss_or_repeat(
    stage: Stage, transport: TransportName, how: str
) -> None:
    async with stream_of(stage, transport) as stream:
        for turn in range(1, 4):
            server = await stage.opened(turn)
            await stream.until("open")
            stage.publish(2)
            server.tell(getattr(server, how))
            stage.publish(3)
        await stage.opened(4)

        assert await ids(stream, 15) == numbers(1, 15)
    assert stream.last_event_id == "e-15"
    assert stage.most_open == 1


@both
async def test_resumption_starts_where_the_user_says(
    stage: Stage, transport: TransportName
) -> None:
    stage.publish(5)
    async with EventStream(stage.url, transport, resume_from="e-3", policy=QUICK) as stream:
        assert await ids(stream, 2) == ["e-4", "e-5"]

    assert stage.asked() == [(transport, "e-3")]


@both
async def test_last_event_id_is_that_of_the_last_event_taken(
    stage: Stage, transport: TransportName
) -> None:
    stage.publish(5)
    async with EventStream(stage.url, transport, resume_from="e-0", policy=QUICK) as stream:
        await take(stream, 2)

    assert stream.last_event_id == "e-2"


@both
async def test_request_carries_filter_fields_and_cookies(
    stage: Stage, transport: TransportName
) -> None:
    async with EventStream(
        f"{stage.url}?case=t1",
        transport,
        loop_id="a/b",
        cookies={"one": "1=1", "two": '"2"'},
        headers=[("X-Test", "a"), ("X-Test", "b")],
        policy=QUICK,
    ):
        await stage.opened()

    request = stage.requests[0][1]
    filtered = request.query.get("loopId") or request.match_info["loop"]
    assert filtered == "a/b"
    assert request.query["case"] == "t1"
    assert request.headers.getall("Cookie") == ['one=1=1; two="2"']
    assert request.headers.getall("X-Test") == ["a", "b"]


@both
async def test_filter_is_kept_when_reconnecting(stage: Stage, transport: TransportName) -> None:
    async with EventStream(stage.url, transport, loop_id="a", policy=QUICK):
        server = await stage.opened()
        server.tell(server.abort)
        await stage.opened(2)

    assert len({request.path_qs for _, request in stage.requests}) == 1


@both
async def test_close_is_final(stage: Stage, transport: TransportName) -> None:
    async with stream_of(stage, transport) as stream:
        await stage.opened()
        await stream.until("open")
        await stream.close()
        stage.publish()

        assert await ended(stream) == []
    assert stream.status == "closed"
    assert stream.connections == len(stage.requests) == 1


async def test_close_while_waiting_is_final_too(stage: Stage) -> None:
    stage.always["sse"] = refuse(503)
    async with stream_of(stage, "sse", backoff_base=60.0, backoff_cap=60.0) as stream:
        await asyncio.wait_for(stream.until("waiting"), DEADLINE)
        await stream.close()
        await stream.close()

    assert statuses(stream) == ["connecting sse", "waiting sse", "closed sse"]


async def test_closed_stream_drops_what_nobody_took(stage: Stage) -> None:
    stage.publish(3)
    async with EventStream(stage.url, "sse", resume_from="e-0", policy=QUICK) as stream:
        await take(stream, 1)
        await stream.close()

        assert await ended(stream) == []
    assert stream.last_event_id == "e-1"


async def test_stream_is_entered_once(stage: Stage) -> None:
    stream = stream_of(stage)
    async with stream:
        pass

    with pytest.raises(RuntimeError, match="make a new one"):
        async with stream:
            pass


async def test_stream_closed_before_it_was_entered_ends_at_once(stage: Stage) -> None:
    stream = stream_of(stage)
    await stream.close()

    assert await ended(stream) == []


async def test_listener_that_fails_is_shown_to_the_reader(stage: Stage) -> None:
    def fail(change: Change) -> None:
        if change.status == "open":
            raise LookupError("a defect of the listener")

    stream = stream_of(stage)
    stream.on_status(fail)
    async with stream:
        with pytest.raises(LookupError, match="a defect"):
            await take(stream, 1)

    assert stream.status == "closed"
    assert "a defect of the listener" in stream.history[-1].reason


async def test_defect_that_nobody_read_is_shown_at_the_close(stage: Stage) -> None:
    def fail(change: Change) -> None:
        if change.status == "open":
            raise LookupError("a defect of the listener")

    stream = stream_of(stage)
    stream.on_status(fail)
    await stream.__aenter__()
    await asyncio.wait_for(stream.until("closed"), DEADLINE)

    with pytest.raises(LookupError):
        await stream.close()


@both
async def test_slow_user_loses_nothing(stage: Stage, transport: TransportName) -> None:
    async with stream_of(stage, transport, queue=2) as stream:
        await stage.opened()
        await stream.until("open")
        stage.publish(300, padding=4000)

        assert await ids(stream, 300) == numbers(1, 300)
    assert stream.connections == 1


def test_authorities_of_the_system_are_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[ssl.SSLContext] = []

    def default() -> ssl.SSLContext:
        made.append(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        return made[-1]

    monkeypatch.setattr(ssl, "create_default_context", default)

    EventStream("https://localhost")
    EventStream("http://localhost")

    assert len(made) == 1


@both
async def test_each_request_is_told_as_it_is_sent(stage: Stage, transport: TransportName) -> None:
    heads: list[SentHead] = []
    stream = EventStream(stage.url, transport, headers={"X-Page": "one"}, policy=QUICK)
    stream.on_request(heads.append)
    async with stream:
        await asyncio.wait_for(stream.until("open"), DEADLINE)

    assert (heads[0].method, heads[0].target[:5]) == ("GET", "/api/")
    assert ("X-Page", "one") in heads[0].fields
