import json

import pytest

from proxyproof.client.decoder import Comment, Item, ServerSentEvent
from proxyproof.doctor.answers import Answer
from proxyproof.doctor.application import Application
from proxyproof.doctor.eventstream import judge_stream
from proxyproof.doctor.findings import Diagnosis, Finding, Part
from proxyproof.doctor.watching import (
    COMPRESSED,
    HTTP2,
    MOST_ARRIVALS,
    PLAIN,
    Arrival,
    Variant,
    Watched,
)

STREAM = (("Content-Type", "text/event-stream"),)
GZIP = (*STREAM, ("Content-Encoding", "gzip"))
HELLO = Arrival(0.1, (Comment("connected"),))
IN_TIME = [
    HELLO,
    *(Arrival(float(n), (ServerSentEvent("message", "x", str(n)),)) for n in (1, 2, 3)),
]


def stream(
    variant: Variant = PLAIN,
    arrivals: list[Arrival] | None = None,
    *,
    fields: tuple[tuple[str, str], ...] = STREAM,
    ended: float | None = None,
    trouble: str = "",
) -> Watched:
    came = IN_TIME if arrivals is None else arrivals
    return Watched(variant, Answer(200, fields), 0.1, came, ended, 10.0, trouble)


def silent(variant: Variant = PLAIN) -> Watched:
    return Watched(variant, until=10.0)


def late(seconds: float) -> list[Arrival]:
    return [Arrival(one.at + seconds, one.items) for one in IN_TIME]


def stamped(at: float, *stamps: object, name: str = "timestamp") -> Arrival:
    events: tuple[Item, ...] = tuple(
        ServerSentEvent("message", json.dumps({name: stamp}), "") for stamp in stamps
    )
    return Arrival(at, events)


def judged(*seen: Watched) -> dict[str, tuple[str, str]]:
    """Level and symptom by check, without what is in order."""
    diagnosis = Diagnosis("")
    judge_stream(Application.of("https://a.example"), diagnosis, list(seen))
    return {one.check: _told(one) for one in diagnosis.of(Part.SSE) if one.level.value != "ok"}


def _told(one: Finding) -> tuple[str, str]:
    return one.level.value, one.symptom


def test_a_stream_in_time_is_all_right() -> None:
    assert judged(stream(), stream(COMPRESSED), stream(HTTP2)) == {}


def test_a_way_that_brings_nothing_while_another_does_is_buffered() -> None:
    assert judged(silent(), stream(HTTP2)) == {"delivery": ("bad", "buffered")}


def test_a_way_whose_head_alone_comes_is_buffered() -> None:
    assert judged(stream(arrivals=[]), stream(HTTP2)) == {"delivery": ("bad", "buffered")}


def test_a_way_whose_events_come_late_again_and_again_is_buffered() -> None:
    assert judged(stream(arrivals=late(4.0)), stream(HTTP2)) == {"delivery": ("bad", "buffered")}


@pytest.mark.parametrize("came", [late(4.0)[:1], late(4.0)[:2]], ids=["no event", "one event"])
def test_one_late_piece_is_a_suspicion(came: list[Arrival]) -> None:
    assert judged(stream(arrivals=came), stream(HTTP2))["delivery"] == ("look", "buffered")


def test_a_little_later_is_in_time() -> None:
    assert judged(stream(arrivals=late(0.5)), stream(HTTP2)) == {}


def test_a_compressor_that_holds_is_named() -> None:
    found = judged(stream(), stream(COMPRESSED, late(4.0), fields=GZIP))

    assert found["delivery"] == ("bad", "compressed")
    assert found["encoding"] == ("look", "compressed")


def test_a_length_gives_a_collected_response_away() -> None:
    fields = (*STREAM, ("Content-Length", "12"))

    assert judged(stream(fields=fields)) == {"length": ("bad", "buffered")}


@pytest.mark.parametrize(
    ("stamps", "level"),
    [
        ([1e9, 1e9 + 2], "bad"),
        ([1e12, 1e12 + 2000], "bad"),
        (["2026-11-23T03:43:40Z", "2026-11-23T03:43:42Z"], "bad"),
        ([1e9, 1e9 + 0.1], ""),
        (["no time", True], ""),
    ],
    ids=["seconds", "milliseconds", "ISO 8601", "at once", "none"],
)
def test_events_tell_by_their_own_time_that_they_waited(stamps: list[object], level: str) -> None:
    came = [HELLO, *(stamped(2.0 * n, *stamps) for n in (1, 2, 3))]

    assert judged(stream(arrivals=came)).get("delivery", ("", ""))[0] == level


def test_waiting_once_is_a_suspicion() -> None:
    came = [HELLO, stamped(2.0, 1e9, 1e9 + 2)]

    assert judged(stream(arrivals=came))["delivery"] == ("look", "buffered")


def test_a_replay_at_the_beginning_is_no_lump() -> None:
    assert judged(stream(arrivals=[stamped(0.2, 1e9, 1e9 + 60)])) == {}


@pytest.mark.parametrize("data", ["[1]", "no JSON", "{}"])
def test_events_without_a_time_tell_nothing(data: str) -> None:
    came = [HELLO, *(Arrival(2.0 * n, (ServerSentEvent("", data, ""),) * 2) for n in (1, 2, 3))]

    assert judged(stream(arrivals=came)) == {}


def test_lumps_are_a_suspicion() -> None:
    came = [HELLO, *(Arrival(2.0 * n, (Comment(""),) * 5) for n in (1, 2))]

    assert judged(stream(arrivals=came)) == {"delivery": ("look", "buffered")}


def test_a_head_without_a_byte_is_a_suspicion() -> None:
    assert judged(stream(arrivals=[])) == {"first byte": ("look", "buffered")}


def test_a_first_byte_long_after_the_head_is_a_suspicion() -> None:
    assert judged(stream(arrivals=[Arrival(3.0, (Comment(""),))]))["first byte"][0] == "look"


def test_a_long_silence_is_told() -> None:
    seen = stream(arrivals=[HELLO])
    seen.until = 16.0

    assert judged(seen) == {"silence": ("look", "silence")}


@pytest.mark.parametrize(("trouble", "level"), [("", "look"), ("reset", "bad")])
def test_an_end_is_told(trouble: str, level: str) -> None:
    assert judged(stream(ended=8.0, trouble=trouble)) == {"end": (level, "cut")}


def test_a_cut_as_long_as_a_known_timer_names_it() -> None:
    diagnosis = Diagnosis("")
    app = Application.of("https://a.example")
    judge_stream(app, diagnosis, [stream(ended=15.1, trouble="reset")])

    assert any("route timeout of Envoy" in one.says for one in diagnosis.findings)


def test_one_way_that_is_answered_otherwise_is_told() -> None:
    other = Watched(HTTP2, Answer(502, ()), 0.1, until=0.1)

    assert judged(stream(), other) == {"HTTP/2": ("bad", "type")}


def test_no_flood_is_kept_whole() -> None:
    assert stream(arrivals=[HELLO] * MOST_ARRIVALS).is_flooded
    assert not stream().is_flooded
