import pytest

from proxyproof.events import Event, EventId, Selection


def event(loop_id: str | None, audience: str | None = None) -> Event:
    return Event(EventId("e", 1), "loop.log", "now", loop_id, {}, audience)


@pytest.mark.parametrize(
    ("loops", "loop_id", "expected"),
    [
        (None, "a", True),
        (None, None, True),
        (frozenset({"a"}), "a", True),
        (frozenset({"a"}), "a1", False),
        (frozenset({"a"}), "A", False),
        (frozenset({"a"}), None, True),
        (frozenset(), "a", False),
        (frozenset(), None, True),
    ],
)
def test_a_filter_lets_pass_its_loops_and_what_has_no_loop(
    loops: frozenset[str] | None, loop_id: str | None, expected: bool
) -> None:
    selection = Selection(loops)

    assert selection.passes(event(loop_id)) is expected
    assert selection.passes_in_replay(event(loop_id)) is expected


@pytest.mark.parametrize(("user", "expected"), [("alice", True), ("bob", False), (None, False)])
def test_an_audience_is_one_user(user: str | None, expected: bool) -> None:
    selection = Selection(frozenset({"a"}), user)

    assert selection.passes(event("a", "alice")) is expected
    assert selection.passes_in_replay(event("a", "alice")) is expected


def test_adding_to_a_filter_widens_it_by_one_loop() -> None:
    assert Selection(frozenset({"a"}), "u").adding("b") == Selection(frozenset({"a", "b"}), "u")


def test_without_a_filter_there_is_nothing_to_add() -> None:
    assert Selection(None).adding("b") == Selection(None)


def test_removing_the_last_loop_does_not_widen() -> None:
    assert Selection(frozenset({"a"})).removing("a") == Selection(frozenset())


@pytest.mark.parametrize("loops", [None, frozenset({"b"})])
def test_what_is_not_selected_by_name_cannot_be_removed(loops: frozenset[str] | None) -> None:
    with pytest.raises(ValueError, match="a subscription to 'a' is needed to end one"):
        Selection(loops).removing("a")
