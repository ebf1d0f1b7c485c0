"""What a connection hands over: events, and how far the stream has come with them."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class StreamEvent:
    """One event as it arrived.

    Attributes:
        id: the event's own id (`id` of its JSON), "" if it has none.
        type: `type` of its JSON; else the event type of the SSE block, else "message".
        data: its JSON object; empty if the text is no JSON object.
        raw: the text exactly as received.
        at: monotonic seconds of its arrival.
    """

    id: str
    type: str
    data: dict[str, Any]
    raw: str
    at: float


@dataclass(frozen=True)
class Message:
    """An event and the id to resume from once it is delivered (None: unchanged)."""

    event: StreamEvent
    position: str | None


@dataclass(frozen=True)
class Batch:
    """What one read gave.

    `position` is the id to resume from after all of it, `retry` the reconnection time in seconds
    that the server asked for; None where it said nothing.
    """

    messages: tuple[Message, ...] = ()
    position: str | None = None
    retry: float | None = None


def read_event(
    raw: str, at: float, *, event_type: str = "message", event_id: str = ""
) -> StreamEvent:
    """Read one event; `event_type` and `event_id` hold where its JSON is silent."""
    data = _json_object(raw)
    own_id, own_type = data.get("id"), data.get("type")
    if data:
        event_id = own_id if isinstance(own_id, str) else ""
    return StreamEvent(
        event_id, own_type if isinstance(own_type, str) else event_type, data, raw, at
    )


def _json_object(raw: str) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
