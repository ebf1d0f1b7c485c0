"""How long to wait before the next attempt."""

from proxyproof.client.policy import Policy


class Backoff:
    """Exponential backoff with full jitter and a cap.

    Full jitter: a wait is drawn evenly from zero to a ceiling that doubles with each attempt, so
    that clients that were cut together do not return together. What a server asked for is a lower
    bound, to which the drawn part is added for the same reason.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._attempts = 0
        self._reconnection_time = 0.0

    def retry(self, seconds: float) -> None:
        """Take the reconnection time of an event stream (WHATWG HTML 9.2.6, `retry`)."""
        self._reconnection_time = min(seconds, self._policy.retry_cap)

    def opened(self) -> None:
        """Take note of an open connection. It proves nothing yet."""

    def ended(self, open_for: float) -> None:
        """Take note of the end of a connection that was open for so many seconds."""
        if open_for >= self._policy.stable_seconds:
            self._attempts = 0

    def wait(self, retry_after: float | None, *, event_stream: bool) -> float:
        """Say how many seconds to wait now.

        Args:
            retry_after: seconds that the last answer asked for.
            event_stream: whether an event stream has ended, whose reconnection `retry` governs.
        """
        lower = min(retry_after or 0.0, self._policy.retry_cap)
        if event_stream:
            lower = max(lower, self._reconnection_time)
        drawn = self._draw(self._ceiling())
        self._attempts += 1
        return lower + drawn

    def _ceiling(self) -> float:
        # 2**64 base units exceed every cap; beyond, a float would overflow one day.
        doublings = min(self._attempts, 64)
        return min(self._policy.backoff_cap, self._policy.backoff_base * 2.0**doublings)

    def _draw(self, ceiling: float) -> float:
        return ceiling * self._policy.random()
