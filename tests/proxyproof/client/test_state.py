from proxyproof.client.state import Change, State


def ticking() -> State:
    return State(iter(range(100)).__next__)


def test_history_tells_every_change() -> None:
    state = ticking()

    state.to("connecting", "websocket", "start")
    state.to("open", "websocket", "connected")

    assert state.history == [
        Change(0, "connecting", "websocket", "start"),
        Change(1, "open", "websocket", "connected"),
    ]
    assert (state.status, state.transport) == ("open", "websocket")


def test_same_again_is_no_change() -> None:
    state = ticking()

    state.to("waiting", "sse", "one")
    state.to("waiting", "sse", "two")

    assert len(state.history) == 1


def test_other_transport_is_a_change() -> None:
    state = ticking()

    state.to("connecting", "websocket", "one")
    state.to("connecting", "sse", "two")

    assert len(state.history) == 2


def test_listeners_are_told_in_order_until_forgotten() -> None:
    state, told = ticking(), list[str]()

    def first(_: Change) -> None:
        told.append("first")

    state.listen(first)
    state.listen(lambda _: told.append("second"))
    state.to("open", "sse", "")
    state.forget(first)
    state.to("closed", "sse", "")

    assert told == ["first", "second", "second"]
