from reports.evidence import Evidence
from reports.views import first_difference
from tests.reports.recorded import exchange


def compared(**sides: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    return first_difference(
        Evidence(requests=(exchange("client 1", **sides),)), Evidence((exchange(),))
    )


def test_alike_in_everything() -> None:
    assert compared() is None


def test_order_and_case_of_fields_are_no_difference_between_products() -> None:
    lines = ("GET /api/ws HTTP/1.1", "host: localhost")

    assert compared(received=lines) is None


def test_what_differs_in_every_run_is_no_difference() -> None:
    lines = ("GET /api/ws HTTP/1.1", "Host: localhost", "Sec-WebSocket-Key: abc")

    assert compared(received=lines) is None


def test_numbers_and_tokens_are_no_difference() -> None:
    one = Evidence((exchange(sent=("GET /api/ws?case=0a1b2c3d HTTP/1.1", "Host: a:8443")),))
    other = Evidence((exchange(sent=("GET /api/ws?case=ffff0000 HTTP/1.1", "Host: a:9000")),))

    assert first_difference(one, other) is None


def test_a_field_that_is_missing_is_shown_with_both_heads() -> None:
    assert compared(received=("GET /api/ws HTTP/1.1",)) is None
    assert compared(received=("GET /api/ws HTTP/1.1", "X-New: y")) == (
        "received",
        (
            "GET /api/ws: the origin was asked here: x-new: y",
            "where it passes: host: localhost",
        ),
    )


def test_a_view_that_one_side_never_had_is_a_difference() -> None:
    found = compared(received=())

    assert found is not None
    assert found[0] == "received"


def test_the_earliest_view_is_told() -> None:
    found = compared(sent=("POST / HTTP/1.1",), answered=("HTTP/1.1 500 ",))

    assert found is not None
    assert found[0] == "sent"


def test_of_a_head_with_its_status_alone_the_status_counts() -> None:
    whole = Evidence((exchange(answered=("HTTP/1.1 101 ", "Upgrade: websocket")),))

    assert first_difference(whole, Evidence((exchange(),))) is None


def test_a_question_that_an_instrument_asks_by_what_it_was_answered_is_no_difference() -> None:
    other = Evidence((exchange("instrument", sent=("GET /other HTTP/1.1",)),))

    assert first_difference(other, Evidence((exchange("instrument"),))) is None
