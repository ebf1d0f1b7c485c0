import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.exceptions import ProtocolError

from proxyproof.wire import frames
from proxyproof.wire.frames import Frame, FrameDecoder, Opcode

ANY_FRAME = st.builds(
    Frame,
    st.sampled_from(Opcode),
    st.one_of(st.binary(max_size=300), st.sampled_from([bytes(65_535), bytes(65_536)])),
    st.booleans(),
    st.booleans(),
)


@settings(deadline=None)
@given(st.lists(ANY_FRAME, max_size=4), st.booleans(), st.data())
def test_frames_survive_any_chunking(sent: list[Frame], masked: bool, data: st.DataObject) -> None:
    wire = b"".join(frame.encode(masked=masked) for frame in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=10)))
    decoder = FrameDecoder(masked=masked)
    received: list[Frame] = []
    for start, end in zip([0, *cuts], [*cuts, len(wire)], strict=True):
        received += decoder.feed(wire[start:end])

    assert received == sent


def test_frames_survive_byte_by_byte() -> None:
    sent = [frames.text("a€b"), frames.ping(b"nonce"), frames.close(4401, "session ended")]
    decoder = FrameDecoder()
    wire = b"".join(frame.encode(masked=False) for frame in sent)

    assert [one for n in wire for one in decoder.feed(bytes([n]))] == sent


def test_the_example_of_the_standard_is_read() -> None:
    # RFC 6455, section 5.7: a single-frame unmasked text message, then a masked one.
    assert FrameDecoder().feed(bytes.fromhex("810548656c6c6f"))[0].text == "Hello"
    masked = FrameDecoder(masked=True).feed(bytes.fromhex("818537fa213d7f9f4d5158"))

    assert masked[0].text == "Hello"


def test_reserved_bits_and_overlong_control_frames_can_be_sent_and_seen() -> None:
    broken = Frame(Opcode.PING, bytes(126), fin=False, rsv1=True)

    assert FrameDecoder(masked=True).feed(broken.encode()) == [broken]


@pytest.mark.parametrize(
    ("code", "reason"), [(1000, ""), (1012, "restart"), (4401, "é" * 61), (4999, "x" * 123)]
)
def test_close_code_and_reason_are_read_back(code: int, reason: str) -> None:
    close = FrameDecoder().feed(frames.close(code, reason).encode(masked=False))[0].close

    assert (close.code, close.reason) == (code, reason)


def test_close_frame_without_payload_has_the_code_for_none() -> None:
    assert Frame(Opcode.CLOSE, b"").close.code == 1005


def test_fragments_make_one_message() -> None:
    fragments = frames.fragmented(Opcode.TEXT, [b"one ", b"two ", b"three"])

    assert [(frame.opcode, frame.fin) for frame in fragments] == [
        (Opcode.TEXT, False),
        (Opcode.CONT, False),
        (Opcode.CONT, True),
    ]
    assert b"".join(frame.data for frame in fragments) == b"one two three"


def test_masked_frame_of_a_server_is_an_error_after_the_frames_before_it() -> None:
    decoder = FrameDecoder()
    good, bad = frames.text("good"), frames.text("bad")

    assert decoder.feed(good.encode(masked=False) + bad.encode(masked=True)) == [good]
    with pytest.raises(ProtocolError, match="incorrect masking"):
        decoder.feed(b"")


def test_undefined_opcode_is_an_error() -> None:
    with pytest.raises(ProtocolError, match="invalid opcode"):
        FrameDecoder().feed(b"\x83\x00")
