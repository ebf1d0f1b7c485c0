"""Publish and subscribe, in the thread of the event loop: one order for everybody."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from proxyproof.events.event import EVENT_TYPES, RESERVED_FIELDS, Event
from proxyproof.events.identifier import EventId
from proxyproof.events.log import EventLog

Subscriber = Callable[[Event], None]


def utc_now() -> datetime:
    """The present time in UTC."""
    return datetime.now(UTC)


class Emitter:
    """Gives every event its place in the log, then tells the subscribers, in that order."""

    def __init__(self, log: EventLog, clock: Callable[[], datetime] = utc_now) -> None:
        self._log = log
        self._clock = clock
        self._subscribers: list[Subscriber] = []

    def subscribe(self, subscriber: Subscriber) -> None:
        """Tell the subscriber of every event from now on; it must not raise."""
        self._subscribers.append(subscriber)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Tell the subscriber no more.

        Raises:
            ValueError: It did not subscribe.
        """
        self._subscribers.remove(subscriber)

    def publish(
        self,
        event_type: str,
        loop_id: str | None = None,
        fields: Mapping[str, object] | None = None,
        audience: str | None = None,
    ) -> Event:
        """Keep an event and tell the subscribers.

        Raises:
            ValueError: An unknown type, a reserved field name, or no JSON value. Nothing is kept.
        """
        own = dict(fields or {})
        _check(event_type, own)

        def build(event_id: EventId) -> Event:
            event = Event(event_id, event_type, self._timestamp(), loop_id, own, audience)
            _ = event.json  # what cannot be encoded must fail before it takes an id
            return event

        event = self._log.append(build)
        for subscriber in tuple(self._subscribers):
            subscriber(event)
        return event

    def _timestamp(self) -> str:
        return self._clock().isoformat(timespec="microseconds").replace("+00:00", "Z")


def _check(event_type: str, fields: Mapping[str, object]) -> None:
    if event_type not in EVENT_TYPES:
        raise ValueError(f"event type expected as one of {sorted(EVENT_TYPES)}, got {event_type!r}")
    reserved = RESERVED_FIELDS & fields.keys()
    if reserved:
        raise ValueError(f"the origin sets {sorted(reserved)} itself: use other field names")
