import pytest

from reports.evidence import Delivery, Evidence, Mark
from reports.writers.timeline import Picture, caption, overtaken, picture
from tests.reports.sample import EVIDENCE


def drawn(*events: Delivery, marks: tuple[Mark, ...] = ()) -> Picture:
    made = picture(Evidence(events=events, marks=marks))
    assert made is not None
    return made


def event(sent: float | None, received: float | None, stream: str = "1") -> Delivery:
    return Delivery(stream, f"e-{sent}", sent_ms=sent, received_ms=received)


def test_nothing_to_draw_gives_no_picture() -> None:
    assert picture(Evidence(notes=("margin 0.1",))) is None


def test_an_event_goes_from_its_sending_to_its_arrival() -> None:
    stroke = drawn(event(0.0, 50.0), event(50.0, 100.0)).bands[0].strokes[0]

    assert (stroke.x1, stroke.x2) == (92.0, 417.0)
    assert stroke.y1 < stroke.y2
    assert stroke.title == "e-0.0 : sent 0 ms, received 50 ms (+50.0)"


@pytest.mark.parametrize(
    ("sent", "received", "kind", "said"),
    [
        (1.0, None, "lost", "sent 1 ms, never received"),
        (None, 1.0, "unsent", "never sent, received 1 ms"),
        (None, None, "lost", "never sent, never received"),
    ],
)
def test_a_side_that_never_had_the_event_ends_in_a_stub(
    sent: float | None, received: float | None, kind: str, said: str
) -> None:
    stroke = drawn(event(sent, received)).bands[0].strokes[0]

    assert stroke.kind == kind
    assert stroke.title.endswith(said)


def test_what_came_after_something_sent_later_was_overtaken() -> None:
    assert overtaken([event(1, 9), event(2, 3), event(3, 4), event(4, None)]) == {0}
    assert overtaken([event(1, 2), event(1, 2)]) == set()


def test_each_stream_has_a_band_of_its_own() -> None:
    made = drawn(event(1, 2, "1"), event(1, 2, "2"))

    assert [band.label for band in made.bands] == ["1", "2"]
    assert made.bands[0].received_y < made.bands[1].sent_y < made.axis_y


def test_more_streams_than_fit_are_counted() -> None:
    made = drawn(*(event(1, 2, str(number)) for number in range(9)))

    assert (len(made.bands), made.undrawn) == (6, 3)


@pytest.mark.parametrize(
    ("end", "labels", "unit"),
    [
        (10.0, ["0", "2", "4", "6", "8", "10"], "ms"),
        (6000.0, ["0", "1", "2", "3", "4", "5", "6"], "s"),
        (0.0, ["0", "0.2", "0.4", "0.6", "0.8", "1"], "ms"),
    ],
)
def test_the_axis_has_round_times(end: float, labels: list[str], unit: str) -> None:
    made = drawn(event(0.0, end))

    assert [tick.label for tick in made.ticks] == labels
    assert made.unit == unit


def test_marks_stand_on_the_same_axis_and_are_numbered() -> None:
    made = drawn(event(0.0, 100.0), marks=(Mark(50.0, "cut"), Mark(100.0, "closed")))

    assert [(mark.x, mark.label) for mark in made.marks] == [(417.0, "1"), (742.0, "2")]


def test_marks_that_would_overlap_share_a_label() -> None:
    marks = (Mark(50.0, "a"), Mark(51.0, "b"), Mark(52.0, "c"), Mark(90.0, "d"))

    assert [mark.label for mark in drawn(event(0.0, 100.0), marks=marks).marks] == ["1\u20133", "4"]


def test_the_caption_tells_what_the_picture_shows() -> None:
    assert caption(EVIDENCE) == (
        "5 events, 1 never received, 1 never sent, 1 out of order, "
        "delay 2.0 ms in the median, 4.0 ms at most; 12 more events not kept"
    )


def test_the_caption_of_a_single_lost_event() -> None:
    assert caption(Evidence(events=(event(1.0, None),))) == "1 event, 1 never received"
