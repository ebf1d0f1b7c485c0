import pytest

from proxyproof.origin.stream.frames import TEXT, frame
from tests.bench.fanout.wire import EventStreamWire, Unit, WebSocketWire, Wire, sequence_of

LONG = b"x" * 300


@pytest.mark.parametrize(
    ("wire", "stream", "expected"),
    [
        (WebSocketWire("/"), frame(TEXT, b"short"), ([b"short"], 7)),
        (WebSocketWire("/"), frame(TEXT, LONG), ([LONG], 304)),
        (WebSocketWire("/"), frame(TEXT, LONG)[:-1], None),
        (WebSocketWire("/"), b"\x81", None),
        (EventStreamWire(), b"10\r\ndata: 1\n\ndata: 2\r\n", ([b"1", b"2"], 22)),
        (EventStreamWire(), b"10\r\ndata: 1\n\ndata: 2", None),
        (EventStreamWire(), b"1", None),
    ],
)
def test_a_unit_of_the_stream_is_read_when_it_is_whole(
    wire: Wire, stream: bytes, expected: Unit | None
) -> None:
    assert wire.unit(stream, 0) == expected


def test_a_frame_that_is_no_text_message_is_refused() -> None:
    with pytest.raises(ValueError, match="first byte 0x88"):
        WebSocketWire("/").unit(b"\x88\x02\x03\xe8", 0)


def test_the_sequence_number_stands_behind_the_epoch() -> None:
    assert sequence_of(b'{"id":"be9c4a01-17","type":"loop.log"}') == 17
