from dataclasses import replace

import pytest

from reports.evidence import Delivery, Evidence, Opened, Published
from reports.validators import (
    VALIDATORS,
    audience,
    complete,
    filtered,
    findings,
    names,
    ordered,
    resumable,
    timely,
    unique,
)


def event(
    number: int,
    sent: float | None,
    received: float | None,
    stream: str = "1",
    reader: str = "",
    epoch: str = "e",
) -> Delivery:
    return Delivery(
        stream, f"{epoch}-{number}", sent_ms=sent, received_ms=received, reader=reader or "client 1"
    )


GOOD = Evidence(
    events=(event(1, 1, 2), event(2, 3, 4), event(3, 10, 11, "2")),
    published=(Published("e-1", "a"), Published("e-2", "a", "alice"), Published("e-3", "a")),
    streams=(
        Opened("1", "client 1", "alice", "a", None, at_ms=0.5),
        Opened("2", "client 1", "alice", "a", "e-2", at_ms=9),
    ),
)


def with_events(*events: Delivery) -> Evidence:
    return replace(GOOD, events=events)


@pytest.mark.parametrize("name", sorted(VALIDATORS))
def test_a_good_recording_keeps_each_promise(name: str) -> None:
    assert VALIDATORS[name](GOOD) == ""


@pytest.mark.parametrize("name", sorted(VALIDATORS))
def test_a_recording_of_nothing_breaks_no_promise(name: str) -> None:
    assert VALIDATORS[name](Evidence()) == ""


def test_ordered_fails_when_a_later_event_came_first() -> None:
    swapped = with_events(event(2, 3, 4), event(1, 1, 5))

    assert ordered(swapped) == "client 1 had e-1 at 5 ms, after e-2 at 4 ms"


def test_ordered_compares_no_two_epochs() -> None:
    assert ordered(with_events(event(9, 1, 2), event(1, 3, 4, epoch="f"))) == ""


def test_ordered_does_not_mix_two_readers() -> None:
    assert ordered(with_events(event(2, 1, 2), event(1, 1, 3, "2", "client 2"))) == ""


def test_unique_fails_when_an_event_comes_again_on_another_connection() -> None:
    again = with_events(event(1, 1, 2), event(1, 10, 11, "2"))

    assert unique(again) == "client 1 had e-1 at 2 ms and again at 11 ms"


def test_unique_allows_two_readers_the_same_event() -> None:
    assert unique(with_events(event(1, 1, 2), event(1, 1, 2, "2", "client 2"))) == ""


def test_complete_fails_when_a_later_event_came() -> None:
    hole = with_events(event(1, 1, None), event(2, 3, 4))

    assert complete(hole) == "e-1, sent at 1 ms, never came to client 1"


def test_complete_allows_what_is_lost_at_the_end() -> None:
    assert complete(with_events(event(1, 1, 2), event(2, 3, None))) == ""


def test_complete_allows_what_came_on_a_later_connection() -> None:
    assert complete(with_events(event(1, 1, None), event(2, 0, 2), event(1, 9, 10, "2"))) == ""


def test_complete_says_nothing_of_a_recording_in_part() -> None:
    part = replace(with_events(event(1, 1, None), event(2, 3, 4)), omitted={"events": 3})

    assert complete(part) == ""


def test_filtered_fails_for_an_event_of_another_loop() -> None:
    other = replace(GOOD, published=(Published("e-1", "b"),))

    assert filtered(other) == "stream 1 asked for a and had e-1 of b"


def test_filtered_says_nothing_of_a_stream_that_was_given_commands() -> None:
    subscribed = tuple(replace(one, commands=1) for one in GOOD.streams)

    assert filtered(replace(GOOD, published=(Published("e-1", "b"),), streams=subscribed)) == ""


def test_audience_fails_when_somebody_else_has_the_event() -> None:
    others = tuple(replace(one, user="bob") for one in GOOD.streams)

    assert (
        audience(replace(GOOD, streams=others)) == "e-2 is for alice alone, and bob had it at 4 ms"
    )


def test_timely_fails_beyond_its_limit() -> None:
    late = with_events(event(1, 1, 1001))

    assert timely(late, limit=999) == "e-1 was sent at 1 ms and came at 1001 ms"
    assert timely(late, limit=1000) == ""


def test_resumable_fails_when_another_id_is_asked_for() -> None:
    stale = (GOOD.streams[0], replace(GOOD.streams[1], after="e-1"))

    assert resumable(replace(GOOD, streams=stale)) == (
        "client 1 had e-2 last, and resumed on stream 2 by e-1"
    )


def test_resumable_fails_when_nothing_is_asked_for() -> None:
    afresh = (GOOD.streams[0], replace(GOOD.streams[1], after=None))

    assert resumable(replace(GOOD, streams=afresh)).endswith("resumed on stream 2 by no id")


def test_resumable_demands_nothing_of_who_had_nothing() -> None:
    afresh = (GOOD.streams[0], replace(GOOD.streams[1], after=None))

    assert resumable(replace(GOOD, events=(event(3, 10, 11, "2"),), streams=afresh)) == ""


def test_findings_name_the_broken_promises_alone() -> None:
    found = findings(Evidence(events=(event(1, 1, 2), event(1, 3, 4))))

    assert found == {"unique": "client 1 had e-1 at 2 ms and again at 4 ms"}
    assert names(found) == ["not unique: client 1 had e-1 at 2 ms and again at 4 ms"]
