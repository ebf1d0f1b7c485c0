from collections.abc import Sequence

import pytest

from proxyproof.events import Event, EventId, Gap, MemoryLog


def filled(count: int, capacity: int = 100) -> MemoryLog:
    log = MemoryLog(capacity, lambda: "e")
    for _ in range(count):
        append(log)
    return log


def append(log: MemoryLog) -> Event:
    return log.append(lambda event_id: Event(event_id, "loop.log", "now"))


def sequences(answer: Sequence[Event] | Gap) -> list[int]:
    assert not isinstance(answer, Gap)
    return [event.id.sequence for event in answer]


def reason(answer: Sequence[Event] | Gap) -> str:
    assert isinstance(answer, Gap)
    return answer.reason


def test_sequences_have_no_hole() -> None:
    assert sequences(filled(5).after("e-0")) == [1, 2, 3, 4, 5]


def test_what_comes_after_an_id_is_answered_in_order() -> None:
    assert sequences(filled(5).after("e-3")) == [4, 5]


def test_nothing_comes_after_the_newest() -> None:
    assert sequences(filled(5).after("e-5")) == []


def test_the_answer_is_limited() -> None:
    assert sequences(filled(5).after("e-1", 2)) == [2, 3]


def test_only_the_newest_are_kept() -> None:
    assert sequences(filled(1000, 10).after("e-990")) == list(range(991, 1001))


def test_the_start_comes_just_before_the_oldest() -> None:
    log = filled(1000, 10)

    assert log.start == EventId("e", 990)
    assert log.oldest == EventId("e", 991)
    assert sequences(log.after(str(log.start), 1)) == [991]


@pytest.mark.parametrize(
    ("id_text", "expected"),
    [
        ("", "malformed"),
        ("nonsense", "malformed"),
        ("f-995", "unknown-epoch"),
        ("e-989", "too-old"),
        ("e-1001", "unknown"),
    ],
)
def test_what_cannot_be_answered_is_a_gap_with_its_reason(id_text: str, expected: str) -> None:
    assert reason(filled(1000, 10).after(id_text)) == expected


def test_a_gap_says_what_is_kept() -> None:
    gap = filled(1000, 10).after("f-1")

    assert isinstance(gap, Gap)
    assert gap.document() == {
        "type": "gap",
        "reason": "unknown-epoch",
        "requested": "f-1",
        "oldest": "e-991",
        "newest": "e-1000",
    }


def test_the_gap_of_an_empty_log_knows_no_ids() -> None:
    gap = MemoryLog(1, lambda: "e").after("f-1")

    assert isinstance(gap, Gap)
    assert (gap.document()["oldest"], gap.document()["newest"]) == (None, None)


def test_a_gap_repeats_what_was_asked_for_in_a_form_that_json_can_carry() -> None:
    gap = filled(1).after("\udcff" * 500)

    assert isinstance(gap, Gap)
    assert gap.requested == "?" * 200


def test_a_log_that_forgets_opens_a_new_epoch() -> None:
    log = MemoryLog(10)
    before = append(log).id
    log.forget()

    assert reason(log.after(str(before))) == "unknown-epoch"
    assert append(log).id.sequence == 1


def test_an_event_that_cannot_be_built_leaves_no_hole() -> None:
    log = filled(1)

    def build(event_id: EventId) -> Event:
        raise ValueError(event_id)

    with pytest.raises(ValueError, match="e-2"):
        log.append(build)

    assert append(log).id == EventId("e", 2)


def test_a_log_keeps_at_least_one_event() -> None:
    with pytest.raises(ValueError, match="log capacity expected to be 1 or more, got 0"):
        MemoryLog(0)
