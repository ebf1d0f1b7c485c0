"""How one connection ended: facts only. What they mean is for `recovery.rules` to say."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum

from proxyproof.client.policy import TransportName


class Cause(Enum):
    """What ended a connection, or kept it from opening."""

    UNREACHABLE = "unreachable"  # no address, no TCP connection or no TLS session
    TIMEOUT = "timeout"  # no answer to the opening request in time
    BROKEN = "broken"  # the opening was cut off, or its answer was no valid one
    REFUSED = "refused"  # answered with anything but a stream
    CLOSED = "closed"  # ended in the way the protocol ends: close frame, end of the body
    ABORTED = "aborted"  # cut off, without the end that the protocol has
    SILENT = "silent"  # nothing came for longer than the heartbeat allows
    REPLACED = "replaced"  # given up by the client, to go back to WebSocket


@dataclass(frozen=True, kw_only=True)
class Ending:
    """The end of one connection.

    Attributes:
        transport: which it was.
        cause: what ended it.
        detail: the same for a reader, with what was observed.
        status: status code of a refusal.
        content_type: media type of a refusal, lower case, without parameters.
        location: `Location` of a refusal, resolved to an absolute URL; "" if it has none.
        url: the URL that was asked for.
        retry_after: seconds that the server asked to wait.
        code: close code of the WebSocket; 1006 if it was cut off.
        reason: close reason of the WebSocket.
        open_for: seconds that it was open; None if it never was.
        events: how many events came.
        reads: how many pieces of the stream came, greetings and comments included.
    """

    transport: TransportName
    cause: Cause
    detail: str
    status: int | None = None
    content_type: str = ""
    location: str = ""
    url: str = ""
    retry_after: float | None = None
    code: int | None = None
    reason: str = ""
    open_for: float | None = None
    events: int = 0
    reads: int = 0


class Ended(Exception):
    """A connection came to its end, or did not come about."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.detail)
        self.ending = ending


def seconds_of_retry_after(
    value: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> float | None:
    """Read a `Retry-After` field (RFC 9110 10.2.3): delay in seconds or HTTP date.

    Returns:
        Seconds from now, never negative; None if the value is neither.
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now()).total_seconds())
