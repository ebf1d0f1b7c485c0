import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxyproof.events import EventId


@given(st.from_regex(r"[a-z0-9]{1,32}", fullmatch=True), st.integers(0, 10**18))
def test_an_id_survives_the_wire(epoch: str, sequence: int) -> None:
    event_id = EventId(epoch, sequence)

    assert EventId.parse(str(event_id)) == event_id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "e-",
        "-7",
        "e-07",
        "e-+7",
        "e-7 ",
        " e-7",
        "e--7",
        "E-7",
        "e-\uff17",
        "e-7\n",
        "e-7-8",
    ],
)
def test_what_has_another_spelling_is_no_id(text: str) -> None:
    with pytest.raises(ValueError, match="event id expected as '<epoch>-<sequence>'"):
        EventId.parse(text)


def test_ids_of_one_epoch_are_ordered_by_number() -> None:
    assert EventId("e", 9) < EventId("e", 10)
