from reports.evidence import Decision, Evidence, Mark
from reports.views import Seen, alike_at_the_gate, at_the_gate, first_difference, given_up
from tests.reports.recorded import exchange


def compared(**sides: tuple[str, ...]) -> Seen | None:
    return first_difference(
        Evidence(requests=(exchange("client 1", **sides),)), Evidence((exchange(),))
    )


def test_alike_in_everything() -> None:
    assert compared() is None


def test_order_and_case_of_fields_are_no_difference_between_products() -> None:
    lines = ("GET /api/ws HTTP/1.1", "host: localhost")

    assert compared(received=lines) is None


def test_what_differs_in_every_run_is_no_difference() -> None:
    lines = ("GET /api/ws HTTP/1.1", "Host: localhost", "Date: today", "X-Request-Id: abc")

    assert compared(received=lines) is None


def test_how_a_page_is_told_its_fault_is_no_difference() -> None:
    one = Evidence((exchange(received=("GET /page?case=0a1b2c3d&fault=js-no-backoff HTTP/1.1",)),))
    other = Evidence((exchange(received=("GET /page?case=ffff0000 HTTP/1.1",)),))

    assert first_difference(one, other) is None


def test_a_nonce_is_compared_by_being_there() -> None:
    first, second = (
        ("GET / HTTP/1.1", "Sec-WebSocket-Key: a"),
        ("GET / HTTP/1.1", "sec-websocket-key: b"),
    )
    without = first[:1]
    known = Evidence((exchange(received=first),))

    assert first_difference(Evidence((exchange(received=second),)), known) is None
    found = first_difference(Evidence((exchange(received=(*without, "Host: a")),)), known)
    assert found is not None
    assert (found.view, found.proof[1]) == ("received", "where it passes: sec-websocket-key")


def test_numbers_and_tokens_are_no_difference() -> None:
    one = Evidence((exchange(sent=("GET /api/ws?case=0a1b2c3d HTTP/1.1", "Host: a:8443")),))
    other = Evidence((exchange(sent=("GET /api/ws?case=ffff0000 HTTP/1.1", "Host: a:9000")),))

    assert first_difference(one, other) is None


def test_a_token_in_an_address_within_an_address_is_no_difference() -> None:
    login = "Location: /start?rd=%2Fapi%2Fws%3Fcase%3D"
    one, other = (
        Evidence((exchange(answered=("HTTP/1.1 302 ", f"{login}{token}")),))
        for token in ("0a1b2c3d", "ffffabcd")
    )

    assert first_difference(one, other) is None


def test_a_field_that_is_missing_is_shown_with_both_heads() -> None:
    assert compared(received=("GET /api/ws HTTP/1.1",)) is None
    assert compared(received=("GET /api/ws HTTP/1.1", "X-New: y")) == Seen(
        "received",
        (
            "GET /api/ws: the origin was asked here: x-new: y",
            "where it passes: host: localhost",
        ),
        "client 1",
        0.1,
    )


def test_a_view_that_one_side_never_had_is_a_difference() -> None:
    found = compared(received=())

    assert found is not None
    assert found.view == "received"


def test_the_earliest_view_is_told() -> None:
    found = compared(sent=("POST / HTTP/1.1",), answered=("HTTP/1.1 500 ",))

    assert found is not None
    assert found.view == "sent"


def test_of_a_head_with_its_status_alone_the_status_counts() -> None:
    whole = Evidence((exchange(answered=("HTTP/1.1 101 ", "Upgrade: websocket")),))

    assert first_difference(whole, Evidence((exchange(),))) is None


def test_a_question_that_an_instrument_asks_by_what_it_was_answered_is_no_difference() -> None:
    other = Evidence((exchange("instrument", sent=("GET /other HTTP/1.1",)),))

    assert first_difference(other, Evidence((exchange("instrument"),))) is None


def test_another_status_is_a_difference_whatever_the_version() -> None:
    assert compared(answered=("HTTP/2 101 ",)) is None
    found = compared(answered=("HTTP/1.1 403 ",))

    assert found is not None
    assert found.proof[0].endswith("here: status 403")
    assert found.proof[1].endswith("status 101")


def decision(status: int = 200, asked: str = "GET /auth", *fields: str) -> Decision:
    return Decision(asked, status, fields=fields)


def gates(*decisions: Decision) -> Evidence:
    return Evidence(gate=decisions)


def test_a_gate_that_is_asked_more_often_is_asked_alike() -> None:
    one = decision(200, "GET /auth?case=0a1b2c3d", "Cookie: a=session#1", "X-Request-Id: 7")
    other = decision(200, "GET /auth?case=ffff0000", "x-request-id: 8", "cookie: a=session#2")

    assert at_the_gate(gates(one, one), gates(other)) is None


def test_a_gate_of_which_nothing_is_known_where_it_passes_tells_nothing() -> None:
    assert at_the_gate(gates(decision()), gates()) is None


def test_another_question_to_the_gate_is_shown_beside_the_nearest() -> None:
    known = gates(decision(200, "GET /auth", "Cookie: a"), decision(204, "GET /ping"))
    found = at_the_gate(gates(decision(200, "GET /auth", "Cookie: a", "Upgrade: b")), known)

    assert found is not None
    assert found.view == "asked"
    assert found.proof == (
        "GET /auth: the outpost was asked here: upgrade: b",
        "where it passes: nothing of it",
    )


def test_another_answer_of_the_gate_to_the_same_question() -> None:
    found = at_the_gate(gates(decision(401)), gates(decision(200), decision(302)))

    assert found is not None
    assert found.view == "decided"
    assert found.proof == (
        "GET /auth: the outpost decided here: status 401",
        "where it passes: status 200 | status 302",
    )


REFUSED = "over sse: refused: 502 Bad Gateway"


def marks(*what: str) -> Evidence:
    return Evidence(marks=tuple(Mark(number * 10.0, one) for number, one in enumerate(what)))


def test_a_client_that_ends_for_what_it_bears_where_it_passes() -> None:
    ended = marks("client open over sse: connected", f"client closed {REFUSED}")

    assert given_up(ended, marks(f"client waiting {REFUSED}")) == (
        f"client closed {REFUSED} at 10.0 ms",
        f"where it passes: client waiting {REFUSED}",
    )


def test_a_client_that_ends_for_something_else_has_not_given_up() -> None:
    assert given_up(marks("client closed over sse: closed by the user"), marks()) is None
    assert given_up(marks(f"client closed {REFUSED}"), marks("client waiting over sse: x")) is None


def test_a_body_is_part_of_a_question_and_its_length_is_not() -> None:
    short, long = (decision(200, "GET /auth", f"Content-Length: {size}") for size in (2, 24))

    assert at_the_gate(gates(short), gates(long)) is None
    assert at_the_gate(gates(short), gates(decision())) is not None


def test_a_gate_is_alike_if_every_answer_is_known() -> None:
    other = Decision("GET /auth", 200, answered=("X-User: bob",))

    assert alike_at_the_gate(gates(decision()), gates(decision(), other))
    assert not alike_at_the_gate(gates(other), gates(decision()))
    assert not alike_at_the_gate(gates(decision(401)), gates(decision(200)))
    assert not alike_at_the_gate(gates(), gates(decision()))
