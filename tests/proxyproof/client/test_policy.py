from typing import Any

import pytest

from proxyproof.client import Policy


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"open_timeout": 0.0}, "open_timeout must be positive, not 0.0"),
        ({"queue": 0}, "queue must be positive, not 0"),
        ({"stable_seconds": -1.0}, "stable_seconds must not be negative, not -1.0"),
        ({"backoff_base": 9.0, "backoff_cap": 1.0}, r"backoff_cap \(1.0\) must not be below"),
    ],
)
def test_impossible_setting_is_refused(setting: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Policy(**setting)


def test_watchdog_waits_for_two_heartbeats_of_the_reference_origin() -> None:
    assert Policy().watchdog_seconds == 2 * 15.0
