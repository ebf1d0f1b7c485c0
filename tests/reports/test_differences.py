import pytest

from reports.differences import LATE, Kind, differences
from reports.evidence import Close, Delivery, Evidence
from tests.reports.recorded import ASKED, exchange


def kinds(evidence: Evidence) -> list[Kind]:
    return [difference.kind for difference in differences(evidence)]


def test_two_sides_that_agree_tell_nothing() -> None:
    agreed = Evidence(requests=(exchange(),), events=(Delivery("1", "e-1", "", 1.0, 2.0),))

    assert differences(agreed) == []


def test_a_request_that_the_origin_never_had() -> None:
    refused = exchange(received=(), answer=(), answered=("HTTP/1.1 502 Bad Gateway",))
    [found] = differences(Evidence(requests=(refused,)))

    assert found.kind is Kind.UNSEEN
    assert found.shown == (
        "client sent GET /api/ws HTTP/1.1, got HTTP/1.1 502 Bad Gateway",
        "origin saw no such request",
    )


def test_a_request_without_any_answer() -> None:
    [found] = differences(Evidence(requests=(exchange(received=(), answer=(), answered=()),)))

    assert found.shown[0].endswith("got no answer")


def test_another_status_than_was_given() -> None:
    [found] = differences(Evidence(requests=(exchange(answered=("HTTP/1.1 502 ",)),)))

    assert (found.kind, found.shown) == (
        Kind.STATUS,
        ("origin answered 101 to GET /api/ws", "client got 502"),
    )


def test_a_field_that_a_gateway_relays_as_it_is() -> None:
    gave = ("HTTP/1.1 200 ", "Set-Cookie: a=1", "Set-Cookie: b=2")
    got = ("HTTP/1.1 200 OK", "set-cookie: a=1, b=2")
    [found] = differences(Evidence(requests=(exchange(answer=gave, answered=got),)))

    assert found.kind is Kind.ANSWER
    assert found.shown == ("origin gave set-cookie: ['a=1', 'b=2']", "client got ['a=1, b=2']")


def test_a_head_of_which_the_status_alone_was_kept_shows_no_missing_field() -> None:
    gave = ("HTTP/1.1 200 ", "Content-Type: text/event-stream")

    assert kinds(Evidence(requests=(exchange(answer=gave, answered=("HTTP/1.1 200 ",)),))) == []


def test_an_event_that_was_lost_before_a_later_one_came() -> None:
    hole = (Delivery("1", "e-1", "", 1.0), Delivery("1", "e-2", "", 2.0, 3.0))

    assert kinds(Evidence(events=hole)) == [Kind.LOST]


def test_an_event_at_the_end_may_be_on_its_way() -> None:
    assert kinds(Evidence(events=(Delivery("1", "e-1", "", 1.0),))) == []


def test_an_event_that_came_late() -> None:
    [found] = differences(Evidence(events=(Delivery("1", "e-1", "", 1.0, 2.0 + LATE),)))

    assert found.kind is Kind.LATE
    assert found.shown == ("origin sent e-1 at 1.0 ms", "client had it at 402.0 ms")


def test_an_event_that_came_more_often_than_it_was_sent() -> None:
    assert kinds(Evidence(events=(Delivery("1", "e-1", "", None, 2.0),))) == [Kind.TWICE]


def test_ends_that_the_sides_saw_in_different_ways() -> None:
    closes = (
        Close("1", "the origin (origin)", 1012, "restart", 5.0),
        Close("1", "the client", 1006, "", 6.0),
    )

    assert kinds(Evidence(closes=closes)) == [Kind.END]


def test_an_end_that_one_side_alone_saw_is_no_difference() -> None:
    assert kinds(Evidence(closes=(Close("1", "the client", 1006),))) == []


def test_what_was_asked_is_told_before_what_came() -> None:
    unseen = exchange(received=(), answer=())
    late = Delivery("1", "e-1", "", 1.0, 9000.0)

    assert kinds(Evidence(requests=(unseen,), events=(late,))) == [Kind.UNSEEN, Kind.LATE]


def test_a_request_that_the_client_did_not_send() -> None:
    assert kinds(Evidence(requests=(exchange(sent=(), received=ASKED),))) == [Kind.UNSENT]


LOST = Close("1", "the origin (loss)", 1006, at_ms=90.0)
JUST_SENT = Delivery("1", "e-1", "", 80.0, 81.0)


@pytest.mark.parametrize(
    "seen",
    [
        Close("1", "the client", 1006),
        Close("1", "the client", None, "peer closed connection"),
        Close("1", "client", 1006, "cut off without a close frame"),
    ],
)
def test_a_busy_stream_that_neither_side_ended(seen: Close) -> None:
    assert kinds(Evidence(events=(JUST_SENT,), closes=(LOST, seen))) == [Kind.CUT]


def test_what_was_sent_last_tells_whether_a_stream_was_busy() -> None:
    first = Delivery("1", "e-0", "", -800.0, -799.0)
    seen = Close("1", "the client", 1006)
    [found] = differences(Evidence(events=(first, JUST_SENT), closes=(LOST, seen)))

    assert found.shown == (
        "origin sent e-1 at 80.0 ms and lost it at 90.0 ms",
        "the client saw stream 1 cut off",
    )


@pytest.mark.parametrize(
    ("event", "seen"),
    [
        (Delivery("1", "e-1", "", 80.0, 81.0), Close("1", "the client", None)),
        (Delivery("1", "e-1", "", 80.0, 81.0), Close("1", "client", None, "end of stream")),
        (Delivery("1", "e-1", "", -800.0, -799.0), Close("1", "the client", 1006)),
        (Delivery("1", "e-1", "", 95.0, 96.0), Close("1", "the client", 1006)),
        (Delivery("2", "e-1", "", 80.0, 81.0), Close("1", "the client", 1006)),
        (Delivery("1", "e-1", "", 80.0, 81.0), Close("2", "the client", 1006)),
    ],
    ids=[
        *("ended", "ended for a client", "silent before", "sent after"),
        *("sent on another stream", "another stream was cut"),
    ],
)
def test_an_end_that_may_have_had_a_reason_is_no_cut(event: Delivery, seen: Close) -> None:
    assert kinds(Evidence(events=(event,), closes=(LOST, seen))) == []
