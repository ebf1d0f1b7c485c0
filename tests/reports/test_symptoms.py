import pytest

from reports.evidence import Close, Delivery, Evidence
from reports.symptoms import changed_fields, symptoms
from tests.reports.recorded import exchange

ASKED = ("GET /api/ws HTTP/1.1", "Upgrade: websocket", "Cookie: a=b")


def of(**sides: tuple[str, ...]) -> frozenset[str]:
    return symptoms(Evidence(requests=(exchange("client 1", **sides),)))


def test_a_case_in_which_all_is_well_shows_nothing() -> None:
    assert of(sent=ASKED, received=ASKED) == frozenset()


@pytest.mark.parametrize(
    ("status", "entry"),
    [("302", "AUT-04"), ("301", "HDR-07"), ("431", "COO-04"), ("502", "COO-05")],
)
def test_a_status_is_a_trace(status: str, entry: str) -> None:
    assert entry in of(answered=(f"HTTP/1.1 {status} ",))


def test_a_handshake_without_its_101_was_refused() -> None:
    assert "HDR-01" in of(sent=ASKED, answered=("HTTP/1.1 426 ",))
    assert "HDR-01" not in of(sent=("GET / HTTP/1.1", "Cookie: a"), answered=("HTTP/1.1 426 ",))
    assert "HDR-01" not in of(sent=ASKED, answered=())


def test_a_head_that_was_given_and_did_not_come_is_held() -> None:
    assert "BUF-01" in of(answered=())
    assert "BUF-01" not in of(sent=(), answered=())


def test_another_status_than_the_origin_gave_is_a_rewritten_error() -> None:
    assert "ERR-03" in of(answer=("HTTP/1.1 403 ",), answered=("HTTP/1.1 200 ",))
    assert "ERR-03" not in of(answer=("HTTP/1.1 403 ",), answered=())


def test_another_target_than_was_asked_for_is_a_rewritten_path() -> None:
    assert "HDR-06" in of(received=("GET / HTTP/1.1", "Host: localhost"))
    assert "HDR-06" not in of(received=())


def test_an_encoding_that_the_origin_did_not_give_is_a_compressor() -> None:
    came = ("HTTP/1.1 200 ", "Content-Encoding: gzip")

    assert "BUF-04" in of(answer=("HTTP/1.1 200 ",), answered=came)
    assert "BUF-04" not in of(answer=came, answered=came)


def test_a_stranger_who_comes_to_the_origin_was_let_in() -> None:
    stranger = ("GET /api/ws HTTP/1.1", "Host: localhost")

    assert "AUT-10" in of(sent=stranger)
    assert "AUT-10" not in of(sent=stranger, received=())


@pytest.mark.parametrize("came", [None, 900.0])
def test_an_event_that_comes_late_or_not_at_all_is_held(came: float | None) -> None:
    recording = Evidence(events=(Delivery("1", "e-1", sent_ms=1.0, received_ms=came),))

    assert "BUF-07" in symptoms(recording)


def test_a_stream_that_was_cut_off_ran_into_a_timer() -> None:
    assert "TMO-01" in symptoms(Evidence(closes=(Close("1", "client", 1006),)))
    assert "TMO-01" in symptoms(Evidence(closes=(Close("1", "the wire", None, "cut off"),)))


def test_a_stream_that_each_side_saw_end_in_another_way_ran_into_a_timer() -> None:
    ends = (Close("1", "the origin (origin)", 1012), Close("1", "the client", 1001))

    assert "TMO-01" in symptoms(Evidence(closes=ends))
    assert "TMO-01" not in symptoms(Evidence(closes=ends[:1]))


def test_fields_that_differ_from_side_to_side_are_named() -> None:
    request = exchange(
        sent=("GET / HTTP/1.1", "Last-Event-ID: 3", "Host: a"),
        received=("GET / HTTP/1.1", "Host: b"),
        answer=("HTTP/1.1 200 ", "Set-Cookie: a", "Via: b"),
        answered=("HTTP/1.1 200 ", "set-cookie: a", "Via: c"),
    )

    assert changed_fields(Evidence((request,))) == {"last-event-id", "host", "via"}


def test_a_side_that_was_not_seen_tells_nothing_of_fields() -> None:
    request = exchange(received=(), answered=("HTTP/1.1 200 ",))

    assert changed_fields(Evidence((request,))) == frozenset()
