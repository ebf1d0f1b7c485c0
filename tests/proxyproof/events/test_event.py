import json

import pytest

from proxyproof.events import EVENT_TYPES, LOOP_EVENT_TYPES, Event, EventId, compact_json


def test_the_json_is_compact_and_in_a_fixed_order() -> None:
    event = Event(EventId("e3f1", 17), "loop.log", "2026-11-23T03:43:40.123456Z", "a", {"n": [1]})

    expected = (
        b'{"id":"e3f1-17","type":"loop.log","timestamp":"2026-11-23T03:43:40.123456Z",'
        b'"loopId":"a","n":[1]}'
    )
    assert event.json == expected


def test_the_audience_is_told_only_if_there_is_one() -> None:
    event = Event(EventId("e", 1), "loop.log", "now", "a", audience="alice")

    assert json.loads(event.json)["audience"] == "alice"
    assert b"audience" not in Event(EventId("e", 1), "loop.log", "now", "a").json


def test_an_event_without_a_loop_has_no_loop_id() -> None:
    assert b"loopId" not in Event(EventId("e", 1), "server.error", "now").json


def test_the_json_is_encoded_once() -> None:
    event = Event(EventId("e", 1), "server.error", "now")

    assert event.json is event.json


def test_text_stays_utf_8_and_line_breaks_are_escaped() -> None:
    assert compact_json({"t": "hé\r\n"}) == '{"t":"hé\\r\\n"}'.encode()


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (float("nan"), "not JSON compliant"),
        (object(), "JSON value expected"),
        ("\ud800", "surrogate"),
    ],
)
def test_what_json_cannot_carry_is_refused(value: object, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        compact_json({"v": value})


def test_there_are_sixteen_loop_events_and_three_of_the_server() -> None:
    assert (len(LOOP_EVENT_TYPES), len(EVENT_TYPES)) == (16, 19)
