import pytest

from proxyproof.client import Cause, EventStream, TransportName, Wanted
from tests.proxyproof.client.stage import (
    QUICK,
    Behaviour,
    Stage,
    accept_and_close,
    ended,
    ids,
    refuse,
    serve_event_stream,
    stream_of,
    take,
    write,
)

BOTH: list[TransportName] = ["websocket", "sse"]
both = pytest.mark.parametrize("transport", BOTH)


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


# Reading


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
