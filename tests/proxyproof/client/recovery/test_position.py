from proxyproof.client.recovery.position import Position


def test_position_starts_where_the_user_says() -> None:
    assert Position("e-7").resume_from == "e-7"


def test_position_follows_the_events() -> None:
    position = Position(None)

    position.received("e-1")
    position.received("e-2")

    assert position.resume_from == "e-2"


def test_event_without_an_id_leaves_the_position() -> None:
    position = Position("e-1")

    position.received(None)

    assert position.resume_from == "e-1"


def test_empty_id_clears_the_position() -> None:
    position = Position("e-1")

    position.received("")

    assert not position.resume_from


def test_change_of_transport_keeps_the_position() -> None:
    position = Position("e-1")

    position.switched()

    assert position.resume_from == "e-1"
