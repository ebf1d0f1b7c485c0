"""One event, and the JSON that both transports carry byte for byte."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from proxyproof.events.identifier import EventId

LOOP_EVENT_TYPES: Final = (
    "loop.created",
    "loop.started",
    "loop.iteration.start",
    "loop.iteration.end",
    "loop.progress",
    "loop.message",
    "loop.tool_call",
    "loop.log",
    "loop.git.commit",
    "loop.completed",
    "loop.stopped",
    "loop.error",
    "loop.accepted",
    "loop.pushed",
    "loop.deleted",
    "loop.discarded",
)
SERVER_EVENT_TYPES: Final = ("server.connected", "server.disconnected", "server.error")
EVENT_TYPES: Final = frozenset(LOOP_EVENT_TYPES + SERVER_EVENT_TYPES)

RESERVED_FIELDS: Final = frozenset({"id", "type", "timestamp", "loopId", "audience"})

# Built once: `json.dumps` builds an encoder for every call with arguments like these.
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


@dataclass(frozen=True, eq=False)
class Event:
    """What happened, to which loop, and who may know.

    Attributes:
        id: Place in the log.
        type: One of `EVENT_TYPES`.
        timestamp: UTC, ISO 8601 with microseconds and ``Z``.
        loop_id: The loop concerned; None for events that concern all.
        fields: The type's own fields; JSON values, names outside `RESERVED_FIELDS`.
        audience: The only user whose streams carry the event; None for everybody.
    """

    id: EventId
    type: str
    timestamp: str
    loop_id: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    audience: str | None = None

    @cached_property
    def json(self) -> bytes:
        """Compact UTF-8 JSON in a fixed order of keys.

        Raises:
            ValueError: A field is no JSON value, or text that UTF-8 cannot carry.
        """
        return compact_json(self.document())

    def document(self) -> dict[str, object]:
        """The event as the object that stands on the wire."""
        document: dict[str, object] = {
            "id": str(self.id),
            "type": self.type,
            "timestamp": self.timestamp,
        }
        if self.loop_id is not None:
            document["loopId"] = self.loop_id
        document.update(self.fields)
        if self.audience is not None:
            document["audience"] = self.audience
        return document


def compact_json(document: object) -> bytes:
    """Compact UTF-8 JSON; never contains a raw line break, so it fits one SSE data field.

    Raises:
        ValueError: Not a JSON value (NaN included), or a lone surrogate.
    """
    try:
        return _encode(document).encode()
    except TypeError as error:
        raise ValueError(f"JSON value expected, got {error}") from error
