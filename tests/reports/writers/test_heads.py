import pytest

from reports.evidence import Exchange
from reports.writers.heads import Change, Row, rows, summary

START = "GET /api/ws HTTP/1.1"


@pytest.mark.parametrize(
    ("sent", "received", "expected"),
    [
        ("Host: a", "Host: a", Change.SAME),
        ("Host: a", "Host: b", Change.CHANGED),
        ("Connection: Upgrade", "connection: upgrade", Change.CHANGED),
    ],
)
def test_a_field_is_paired_by_name_in_any_case(sent: str, received: str, expected: Change) -> None:
    found = rows(Exchange("", (START, sent), (START, received)))

    assert found[1] == Row(expected, sent, received)


def test_a_field_without_a_partner_is_dropped_or_added() -> None:
    found = rows(Exchange("", (START, "A: 1"), (START, "B: 2")))

    assert found[1:] == [Row(Change.DROPPED, sent="A: 1"), Row(Change.ADDED, received="B: 2")]


def test_the_start_line_belongs_to_the_start_line() -> None:
    found = rows(Exchange("", ("GET /a HTTP/2",), ("GET /b HTTP/1.1",)))

    assert found == [Row(Change.CHANGED, "GET /a HTTP/2", "GET /b HTTP/1.1")]


def test_duplicates_and_another_order_are_no_changes() -> None:
    sent = (START, "Cookie: a=1", "Cookie: b=2", "Host: x")
    received = (START, "Host: x", "Cookie: b=2", "Cookie: a=1")

    assert {row.change for row in rows(Exchange("", sent, received))} == {Change.SAME}


def test_a_request_that_the_origin_never_saw_is_not_compared() -> None:
    found = rows(Exchange("", (START, "Host: x"), ()))

    assert found == [Row(Change.UNPAIRED, sent=START), Row(Change.UNPAIRED, sent="Host: x")]
    assert summary(found) == "never seen by the origin"


def test_a_request_that_only_the_origin_recorded_is_not_compared() -> None:
    assert summary(rows(Exchange("", (), (START,)))) == "not recorded by the client"


def test_summary_counts_the_kinds() -> None:
    found = rows(Exchange("", (START, "A: 1", "B: 1"), (START, "B: 2", "C: 3")))

    assert summary(found) == "1 changed, 1 dropped, 1 added"
    assert summary(found[:1]) == "unchanged"
