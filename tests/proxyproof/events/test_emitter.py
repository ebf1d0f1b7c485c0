from datetime import UTC, datetime

import pytest

from proxyproof.events import Emitter, Event, MemoryLog


def emitter() -> Emitter:
    return Emitter(MemoryLog(10, lambda: "e"), lambda: datetime(2026, 11, 23, 3, 43, tzinfo=UTC))


def test_subscribers_are_told_in_the_order_of_the_log() -> None:
    publisher, told = emitter(), list[Event]()
    publisher.subscribe(told.append)

    published = [publisher.publish("loop.log", "a"), publisher.publish("loop.log", "b")]

    assert told == published


def test_the_timestamp_is_utc_with_microseconds() -> None:
    assert emitter().publish("server.error").timestamp == "2026-11-23T03:43:00.000000Z"


def test_the_usual_clock_is_the_present() -> None:
    assert Emitter(MemoryLog(1)).publish("server.error").timestamp.endswith("Z")


def test_who_unsubscribed_is_told_no_more() -> None:
    publisher, told = emitter(), list[Event]()
    publisher.subscribe(told.append)
    publisher.unsubscribe(told.append)
    publisher.publish("loop.log", "a")

    assert told == []


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match=r"got 'loop\.exploded'"):
        emitter().publish("loop.exploded")


def test_fields_that_the_origin_sets_are_refused() -> None:
    with pytest.raises(ValueError, match=r"the origin sets \['audience', 'id'\] itself"):
        emitter().publish("loop.log", "a", {"id": 1, "audience": 2})


def test_what_json_cannot_carry_takes_no_id() -> None:
    publisher = emitter()
    with pytest.raises(ValueError, match="JSON"):
        publisher.publish("loop.log", "a", {"bad": float("nan")})

    assert str(publisher.publish("loop.log", "a").id) == "e-1"
