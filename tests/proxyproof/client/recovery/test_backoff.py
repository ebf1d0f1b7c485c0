from collections.abc import Callable

import pytest

from proxyproof.client.policy import Policy
from proxyproof.client.recovery.backoff import Backoff

POLICY = Policy(backoff_base=1.0, backoff_cap=8.0, stable_seconds=10.0, random=lambda: 1.0)


def drawing(*numbers: float) -> Callable[[], float]:
    return iter(numbers).__next__


def waits(backoff: Backoff, count: int) -> list[float]:
    return [backoff.wait(None, event_stream=False) for _ in range(count)]


def test_ceiling_doubles_up_to_the_cap() -> None:
    assert waits(Backoff(POLICY), 5) == [1.0, 2.0, 4.0, 8.0, 8.0]


def test_wait_is_drawn_from_zero_to_the_ceiling() -> None:
    policy = Policy(backoff_base=4.0, random=drawing(0.0, 0.5, 0.25))

    assert waits(Backoff(policy), 3) == [0.0, 4.0, 4.0]


def test_thousands_of_failures_do_not_overflow() -> None:
    assert waits(Backoff(POLICY), 3000)[-1] == 8.0


def test_stable_connection_is_forgiven_everything() -> None:
    backoff = Backoff(POLICY)
    waits(backoff, 4)

    backoff.ended(10.0)

    assert waits(backoff, 1) == [1.0]


def test_open_connection_proves_nothing_before_it_is_stable() -> None:
    backoff = Backoff(POLICY)
    waits(backoff, 2)

    backoff.opened()
    backoff.ended(9.9)

    assert waits(backoff, 1) == [4.0]


def test_retry_after_is_a_lower_bound_with_jitter_on_top() -> None:
    backoff = Backoff(POLICY)

    assert backoff.wait(5.0, event_stream=False) == 6.0


def test_retry_field_is_a_lower_bound_of_event_streams_only() -> None:
    backoff = Backoff(POLICY)
    backoff.retry(3.0)

    assert backoff.wait(None, event_stream=True) == 4.0
    assert backoff.wait(None, event_stream=False) == 2.0


@pytest.mark.parametrize("retry_after", [None, 2.0])
def test_longer_of_two_bounds_counts(retry_after: float | None) -> None:
    backoff = Backoff(POLICY)
    backoff.retry(3.0)

    assert backoff.wait(retry_after, event_stream=True) == 4.0


def test_absurd_bounds_are_capped() -> None:
    backoff = Backoff(POLICY)
    backoff.retry(1e12)

    assert backoff.wait(None, event_stream=True) == POLICY.retry_cap + 1.0
    assert backoff.wait(1e12, event_stream=False) == POLICY.retry_cap + 2.0
