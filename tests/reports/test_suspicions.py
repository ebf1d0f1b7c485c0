from dataclasses import replace

import pytest

from reports.evidence import Close, Delivery, Evidence, Mark, Opened, Published
from reports.suspicions import (
    UNREADABLE,
    against_client,
    against_origin,
    at_the_wire,
    wrong_replays,
)
from tests.reports.recorded import exchange


def event(
    number: int, sent: float | None, wire: float | None, received: float | None, stream: str = "1"
) -> Delivery:
    return Delivery(stream, f"e-{number}", "", sent, received, "sse", "client 1", wire)


def resumed(after: str, *events: Delivery) -> Evidence:
    return Evidence(
        events=events,
        published=tuple(Published(f"e-{number}", "a") for number in range(1, 5)),
        streams=(Opened("2", "client 1", "", "a", after, at_ms=9),),
    )


def test_a_sound_recording_speaks_against_nobody() -> None:
    sound = resumed("e-1", event(2, 10, 11, 12, "2"), event(3, 11, 12, 13, "2"))

    assert list(against_client(sound)) == []
    assert list(against_origin(sound)) == []


def test_a_client_that_hands_out_what_did_not_come() -> None:
    invented = Evidence(events=(event(1, 1, 2, 3), event(1, None, None, 4)))

    assert ("client 1 handed e-1 out", "it had not come on that stream") in against_client(invented)


def test_a_client_without_a_tap_is_not_suspected_of_inventing() -> None:
    assert list(against_client(Evidence(events=(event(1, 1, None, 4),)))) == []


def test_a_client_that_keeps_an_event_back() -> None:
    kept = Evidence(events=(event(1, 1, 2, None), event(2, 2, 3, 4)))

    assert ("e-1 came at 2 ms", "the client did not hand it out") in against_client(kept)


def test_a_client_that_forgets_its_filter() -> None:
    forgot = Evidence(
        streams=(
            Opened("1", "client 1", "", "a", None, at_ms=1),
            Opened("2", "client 1", "", None, None, at_ms=2),
        )
    )

    assert ("stream 1 asked for a", "stream 2 asked for all") in against_client(forgot)


def test_a_client_that_takes_a_cut_for_an_end() -> None:
    misread = Evidence(
        closes=(
            Close("1", "the wire", None, "cut off: incomplete", 5.0),
            Close("1", "client", None, "end of stream", 5.1),
        )
    )

    assert list(against_client(misread)) == [
        ("cut off: incomplete at 5.0 ms", "the client took it for: end of stream")
    ]


def test_an_origin_whose_message_cannot_be_read() -> None:
    broken = Delivery("1", UNREADABLE, "", None, None, "websocket", "", 3.0)

    assert ("stream 1: what came at 3.0 ms is no message",) in against_origin(
        Evidence(events=(broken,))
    )


def test_an_origin_that_sends_again_what_was_had() -> None:
    again = resumed("e-1", event(1, 10, 11, 12, "2"), event(2, 10, 11, 12, "2"))

    assert (
        "stream 2 asked for what follows e-1",
        "the origin sent that one again",
    ) in against_origin(again)


def test_an_origin_that_leaves_out_what_was_asked_for() -> None:
    skipped = resumed("e-1", event(3, 10, 11, 12, "2"))

    assert (
        "stream 2 asked for what follows e-1: e-2",
        "the origin began with e-3",
    ) in against_origin(skipped)


def test_an_id_that_was_never_published_binds_no_origin() -> None:
    assert list(against_origin(resumed("f-9", event(3, 10, 11, 12, "2")))) == []


def test_an_origin_that_sends_nothing_of_what_was_asked_for() -> None:
    waited = replace(resumed("e-1"), marks=(Mark(2000.0, "given up"),))
    [proof] = against_origin(waited)

    assert proof[1] == "the origin began with none of it"


def test_a_replay_that_had_no_time_to_come_says_nothing() -> None:
    assert list(against_origin(resumed("e-1"))) == []


def test_nothing_is_due_after_the_newest_event() -> None:
    assert list(against_origin(resumed("e-4"))) == []


def test_a_gap_that_was_announced_excuses_the_origin() -> None:
    gap = Delivery("2", "gap", "", None, 10.0, "sse", "client 1", 9.5)

    assert list(against_origin(resumed("e-1", gap, event(3, 10, 11, 12, "2")))) == []


def test_a_recording_in_part_does_not_speak_of_replays() -> None:
    part = replace(resumed("e-1"), omitted={"published": 3})

    assert list(against_origin(part)) == []


def test_a_client_that_has_two_streams_at_a_time_and_the_wire_that_then_tells_nothing() -> None:
    streams = (
        Opened("1", "client 1", "", None, None, at_ms=1.0),
        Opened("2", "client 1", "", None, None, at_ms=2.0),
    )
    twice = Evidence(streams=streams, events=(event(1, 1, 2, 3), event(1, 1, 3, 4)))

    assert (
        "client 1 opened stream 1 at 1.0 ms",
        "client 1 opened stream 2 at 2.0 ms",
    ) in against_client(twice)
    assert list(against_origin(twice)) == []


@pytest.mark.parametrize("status", ["401", "302", "303"])
def test_a_client_that_asks_again_though_it_was_told_to_log_in(status: str) -> None:
    refused = exchange(answered=(f"HTTP/1.1 {status} ",))

    assert list(against_client(Evidence(requests=(refused, refused)))) == [
        (f"GET /api/ws was answered {status} at 0.1 ms", "and client 1 asked again at 0.1 ms")
    ]


def test_a_client_that_asks_again_after_another_error_may_do_so() -> None:
    failed = exchange(answered=("HTTP/1.1 503 ",))

    assert list(against_client(Evidence(requests=(failed, failed)))) == []


@pytest.mark.parametrize(
    ("by", "code", "came"),
    [
        ("the origin (origin)", 1012, "closed without a code"),
        ("the origin (origin)", 1012, "1001 (going away)"),
        ("the origin (loss)", 1006, "end of stream"),
        ("the origin (origin)", 1012, "cut off without a close frame"),
    ],
)
def test_an_origin_of_whose_end_something_else_came(by: str, code: int, came: str) -> None:
    cut = came.startswith("cut")
    seen = Close("1", "client" if cut else "the wire", 1006 if cut else None, came, 5.1)
    closes = (Close("1", by, code, "", 5.0), seen)
    [proof] = against_origin(Evidence(closes=closes, streams=(Opened("1", "client 1"),)))

    assert proof[1] == f"what came at 5.1 ms: {came}"


def test_an_end_that_came_as_it_was_said_is_no_suspicion() -> None:
    closes = (
        Close("1", "the origin (origin)", 1012, "", 5.0),
        Close("1", "the wire", None, "1012 (service restart)", 5.1),
    )

    sound = Evidence(closes=closes, streams=(Opened("1", "client 1"),))

    assert list(against_origin(sound)) == []


def test_an_event_for_somebody_else_speaks_against_the_origin() -> None:
    leaked = replace(
        resumed("e-4", event(2, 10, 11, 12, "2")),
        published=(Published("e-2", "a", "alice"),),
        streams=(Opened("2", "client 1", "bob", "a", None, at_ms=9),),
    )

    assert [proof[1] for proof in against_origin(leaked)] == ["the origin sent it on that stream"]


def test_an_origin_that_invents_a_subprotocol() -> None:
    answer = ("HTTP/1.1 101 ", "Sec-WebSocket-Protocol: v1.invented")

    assert list(against_origin(Evidence(requests=(exchange(answer=answer),)))) == [
        (
            "GET /api/ws offered no subprotocol",
            "the origin answered Sec-WebSocket-Protocol: v1.invented",
        )
    ]


def test_the_wire_is_what_came_before_the_client_made_anything_of_it() -> None:
    tapped = Evidence(events=(event(1, 1, 2, None), Delivery("2", "e-1", "", 1, 2)))

    assert [(one.id, one.received_ms) for one in at_the_wire(tapped).events] == [("e-1", 2)]


@pytest.mark.parametrize(("received", "found"), [("e-1", True), ("e-3", False)])
def test_a_replay_is_wrong_if_the_origin_was_asked_for_it(received: str, found: bool) -> None:
    skipped = resumed("e-1", event(3, 11, 12, 13, "2"))
    request = exchange(received=("GET /api/events HTTP/1.1", f"Last-Event-ID: {received}"))

    assert bool(list(wrong_replays(replace(skipped, requests=(request,))))) is found
