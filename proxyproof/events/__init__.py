"""Events: what they are, how they are kept, published and selected."""

from proxyproof.events.emitter import Emitter
from proxyproof.events.event import (
    EVENT_TYPES,
    LOOP_EVENT_TYPES,
    RESERVED_FIELDS,
    SERVER_EVENT_TYPES,
    Event,
    compact_json,
)
from proxyproof.events.identifier import EventId
from proxyproof.events.log import EventLog, Gap, GapReason, MemoryLog
from proxyproof.events.selection import Selection

__all__ = [
    "EVENT_TYPES",
    "LOOP_EVENT_TYPES",
    "RESERVED_FIELDS",
    "SERVER_EVENT_TYPES",
    "Emitter",
    "Event",
    "EventId",
    "EventLog",
    "Gap",
    "GapReason",
    "MemoryLog",
    "Selection",
    "compact_json",
]
