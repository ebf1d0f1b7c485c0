"""Mistakes in waiting for the next attempt."""

from dataclasses import replace

from proxyproof.client.faults.model import Fault
from proxyproof.client.recovery.backoff import Backoff

# "Hammering at 0-10 ms": slow enough to let the loop do something else.
_HAMMERING = 0.01


class NoBackoff(Backoff):
    """Returns at once, however often it failed."""

    def _draw(self, ceiling: float) -> float:
        return min(ceiling, _HAMMERING)


class NoJitter(Backoff):
    """Waits for exactly as long as every other client."""

    def _draw(self, ceiling: float) -> float:
        return ceiling


class NeverResetsBackoff(Backoff):
    """Remembers every failure since it was started."""

    def ended(self, open_for: float) -> None:
        """Take no notice."""


class ResetsTooEarly(Backoff):
    """Takes an open connection for a stable one."""

    def opened(self) -> None:
        """Forget the failures."""
        self._attempts = 0


class IgnoresRetry(Backoff):
    """Does not care for the reconnection time of the event stream."""

    def retry(self, seconds: float) -> None:
        """Take no notice."""


class IgnoresRetryAfter(Backoff):
    """Does not care for `Retry-After`."""

    def wait(self, retry_after: float | None, *, event_stream: bool) -> float:
        """Say how long to wait, whatever was asked for."""
        return super().wait(None, event_stream=event_stream)


FAULTS = (
    Fault(
        "no-backoff",
        "reconnects at once after every failure",
        "REC-05: mattermost-webapp#10960, rails#40229",
        lambda parts: replace(parts, backoff=NoBackoff),
    ),
    Fault(
        "no-jitter",
        "clients that were cut together return together",
        "REC-05: teleport#6889, novu#5321",
        lambda parts: replace(parts, backoff=NoJitter),
    ),
    Fault(
        "never-resets-backoff",
        "after months each blip costs the longest wait",
        "REC-06: pusher-websocket-dotnet#97, reconnecting-websocket#25",
        lambda parts: replace(parts, backoff=NeverResetsBackoff),
    ),
    Fault(
        "resets-too-early",
        "the handshake alone resets the backoff: accept-then-close loops at full speed",
        "REC-06: Truxify#913, swift-eventsource#14",
        lambda parts: replace(parts, backoff=ResetsTooEarly),
    ),
    Fault(
        "ignores-retry",
        "the `retry` field of the event stream has no effect",
        "SSE-06: dotnet-eventsource#37, fastify-sse-v2#8",
        lambda parts: replace(parts, backoff=IgnoresRetry),
    ),
    Fault(
        "ignores-retry-after",
        "the `Retry-After` field of a refusal has no effect",
        "REC-05: retry storms against 429 and 503",
        lambda parts: replace(parts, backoff=IgnoresRetryAfter),
    ),
)
