from datetime import UTC, datetime

import pytest

from proxyproof.client.transport.ending import seconds_of_retry_after

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 12:00:30 -0000", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_read(value: str, seconds: float | None) -> None:
    assert seconds_of_retry_after(value, lambda: NOON) == seconds


def test_date_is_counted_from_now() -> None:
    assert seconds_of_retry_after("Mon, 23 Nov 2020 12:00:00 GMT") == 0.0
