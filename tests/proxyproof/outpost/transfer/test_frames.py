from hypothesis import given, settings
from hypothesis import strategies as st

from proxyproof.outpost.transfer.frames import Frame, FrameReader

MASKS = st.one_of(st.just(b""), st.binary(min_size=4, max_size=4))
SIZES = st.one_of(st.integers(0, 300), st.sampled_from([65535, 65536, 70000]))


@settings(deadline=None)  # the machine may be busy
@given(first=st.integers(0, 255), size=SIZES, mask=MASKS, cut=st.integers(1, 64))
def test_frames_are_read_at_any_chunking(first: int, size: int, mask: bytes, cut: int) -> None:
    frame = Frame(first, bytes(i % 251 for i in range(size)), mask)
    data = frame.as_bytes() * 2
    reader = FrameReader()
    step = max(cut, len(data) // 50)
    read = [f for at in range(0, len(data), step) for f in reader.feed(data[at : at + step])]

    assert read == [frame, frame]
