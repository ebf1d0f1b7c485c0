import asyncio
from dataclasses import replace

import pytest

from proxyproof.client import Cause, Change, EventStream, TransportName, Wanted
from tests.proxyproof.client.stage import (
    DEADLINE,
    QUICK,
    Behaviour,
    Stage,
    accept_and_close,
    ended,
    ids,
    never_answer,
    numbers,
    refuse,
    serve_event_stream,
    statuses,
    take,
    write,
)

BOTH: list[TransportName] = ["websocket", "sse"]
both = pytest.mark.parametrize("transport", BOTH)


def stream_of(stage: Stage, transport: Wanted = "auto", **changes: object) -> EventStream:
    policy = replace(QUICK, **changes)  # type: ignore[arg-type] # the test names the settings
    return EventStream(stage.url, transport, policy=policy)


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


# Silence


async def test_silent_event_stream_is_replaced(stage: Stage) -> None:
    stage.script["sse"].append(write(b"id: e-0\ndata: {}\n\n", then="hold"))
    async with stream_of(stage, "sse", watchdog_seconds=0.05) as stream:
        await stage.opened(2)

    assert stream.endings[0].cause is Cause.SILENT
    assert stream.endings[0].detail == "nothing came for 0.05 s"


async def test_silent_websocket_is_replaced_without_a_closing_handshake(stage: Stage) -> None:
    async with stream_of(stage, "websocket", watchdog_seconds=0.05, close_timeout=60.0) as stream:
        await stage.opened(2)

    assert stream.endings[0].cause is Cause.SILENT


# Waiting


async def test_waits_grow_and_honour_retry(stage: Stage) -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    stage.script["sse"].extend([write(b"retry: 3000\n\n"), refuse(503), refuse(503)])
    timing = {"backoff_base": 1.0, "backoff_cap": 60.0, "random": lambda: 1.0, "sleep": note}
    async with stream_of(stage, "sse", **timing):
        await stage.opened(4)

    assert waits == [4.0, 5.0, 7.0]


@both
async def test_retry_after_is_a_lower_bound(stage: Stage, transport: TransportName) -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    stage.script[transport].append(refuse(429, Retry_After="7"))
    async with stream_of(stage, transport, sleep=note):
        await stage.opened(2)

    assert 7.0 <= waits[0] <= 7.002


@pytest.mark.parametrize(("stable", "expected"), [(0.0, [1.0, 1.0, 1.0]), (60.0, [1.0, 2.0, 4.0])])
async def test_only_stable_connections_reset_the_waits(
    stage: Stage, stable: float, expected: list[float]
) -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    stage.script["sse"].extend([write(b":\n")] * 3)
    timing = {"backoff_base": 1.0, "backoff_cap": 60.0, "random": lambda: 1.0, "sleep": note}
    async with stream_of(stage, "sse", stable_seconds=stable, **timing):
        await stage.opened(4)

    assert waits == expected


# Ends


@pytest.mark.parametrize(
    "answer",
    [
        refuse(401),
        refuse(403),
        refuse(302, Location="https://login.example/authorize"),
        refuse(200, "<form>", Content_Type="text/html"),
    ],
    ids=["401", "403", "redirect", "page"],
)
@pytest.mark.parametrize("transport", ["auto", *BOTH])
async def test_lost_session_ends_in_unauthorized(
    stage: Stage, transport: Wanted, answer: Behaviour
) -> None:
    stage.always["websocket"] = stage.always["sse"] = answer
    async with stream_of(stage, transport) as stream:
        assert await ended(stream) == []

    assert stream.status == "unauthorized"
    assert stream.connections <= 2


async def test_close_code_4401_ends_in_unauthorized(stage: Stage) -> None:
    async with stream_of(stage) as stream:
        server = await stage.opened()
        stage.publish()
        server.tell(lambda: server.end(4401, "session ended"))

        assert [event.id for event in await ended(stream)] == ["e-1"]
    assert stream.history[-1][1:] == ("unauthorized", "websocket", "closed: 4401 session ended")


async def test_unknown_loop_is_the_end_with_its_reason(stage: Stage) -> None:
    problem = refuse(404, '{"detail":"no such loop"}', Content_Type="application/problem+json")
    stage.always["websocket"] = stage.always["sse"] = problem
    async with stream_of(stage) as stream:
        await ended(stream)

    assert stream.history[-1][1:] == ("closed", "sse", "refused: 404 Not Found: no such loop")


@pytest.mark.parametrize("status", [500, 502, 503, 504, 404])
async def test_origin_down_is_temporary(stage: Stage, status: int) -> None:
    stage.script["sse"].extend([refuse(status)] * 5)
    async with stream_of(stage, "sse"):
        await stage.opened(6)

    assert stage.asked() == [("sse", None)] * 6


async def test_end_of_stream_and_abort_are_told_apart(stage: Stage) -> None:
    stage.script["sse"].extend([write(b":\n"), write(b":\n", then="abort")])
    async with stream_of(stage, "sse") as stream:
        await stage.opened(3)

    assert [ending.cause for ending in stream.endings] == [Cause.CLOSED, Cause.ABORTED]
    assert stream.endings[0].detail == "end of stream"


@pytest.mark.parametrize("then", ["end", "abort"])
async def test_partial_event_arrives_whole_after_resuming(stage: Stage, then: str) -> None:
    stage.publish(2)
    stage.script["sse"].append(
        write(b'id: e-1\ndata: {"id":"e-1"}\n\nid: e-2\ndata: {"id"', then=then)
    )
    async with stream_of(stage, "sse") as stream:
        events = await take(stream, 2)

    assert [event.id for event in events] == ["e-1", "e-2"]
    assert events[1].raw == stage.log[1]
    assert stage.asked() == [("sse", None), ("sse", "e-1")]


async def test_id_without_an_event_moves_the_position(stage: Stage) -> None:
    stage.script["sse"].append(write(b"id: e-4\n\n"))
    async with stream_of(stage, "sse"):
        await stage.opened(2)

    assert stage.asked()[1] == ("sse", "e-4")


async def test_greeting_may_tell_the_position(stage: Stage) -> None:
    greeting = '{"type":"connected","lastEventId":"e-4"}'
    stage.script["websocket"].append(accept_and_close(1012, "", greeting))
    async with stream_of(stage, "websocket"):
        await stage.opened(2)

    assert stage.asked()[1] == ("websocket", "e-4")


@both
async def test_gap_is_delivered_and_moves_nothing(stage: Stage, transport: TransportName) -> None:
    gap = '{"type":"gap","reason":"too-old"}'
    async with EventStream(stage.url, transport, resume_from="e-0", policy=QUICK) as stream:
        server = await stage.opened()
        if transport == "websocket":
            server.tell(lambda: server.send(gap))
        else:
            server.tell(lambda: server.write(f"event: gap\ndata: {gap}\n\n".encode()))
        (event,) = await take(stream, 1)
        server.tell(server.abort)
        await stage.opened(2)

    assert (event.type, event.id, event.data["reason"]) == ("gap", "", "too-old")
    assert stage.asked()[1] == (transport, "e-0")


# Falling back and returning


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


async def test_event_stream_with_a_field_that_spans_reads_is_one_event(stage: Stage) -> None:
    text = '{"id":"e-1","text":"é€😀"}'
    block = f"id: e-1\r\ndata: {text}\r\n\r\n".encode()
    stage.script["sse"].append(write(*(bytes([byte]) for byte in block)))
    async with stream_of(stage, "sse") as stream:
        (event,) = await take(stream, 1)

    assert event.raw == text


async def test_good_head_is_not_an_event(stage: Stage) -> None:
    stage.script["sse"].append(lambda s, r: serve_event_stream(s, r, b"\xef\xbb\xbf: hi\n\n"))
    async with stream_of(stage, "sse") as stream:
        await stage.opened()
        stage.publish()

        assert await ids(stream, 1) == ["e-1"]
