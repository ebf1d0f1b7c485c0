from proxyproof.events import Event, EventId, Gap, MemoryLog


def filled(count: int) -> MemoryLog:
    log = MemoryLog(100, lambda: "e")
    for _ in range(count):
        append(log)
    return log


def append(log: MemoryLog) -> None:
    log.append(lambda event_id: Event(event_id, "loop.log", "now"))


def test_what_expired_is_too_old_and_the_newest_is_kept() -> None:
    log = filled(5)

    log.expire(2)

    answer = log.after("e-2")
    assert isinstance(answer, Gap)
    assert answer.reason == "too-old"
    assert log.oldest == EventId("e", 4)


def test_expiry_brings_nothing_back() -> None:
    log = filled(5)
    log.expire(1)

    log.expire(4)

    assert log.oldest == EventId("e", 5)


def test_a_log_goes_on_after_expiry() -> None:
    log = filled(5)
    log.expire(1)

    append(log)

    answer = log.after("e-5")
    assert not isinstance(answer, Gap)
    assert [str(event.id) for event in answer] == ["e-6"]


def test_an_empty_log_has_nothing_to_expire() -> None:
    log = filled(0)

    log.expire(1)

    assert log.newest is None
