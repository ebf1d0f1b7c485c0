from collections.abc import Iterable

import pytest
from aiohttp.http_websocket import WebSocketError
from hypothesis import given, settings
from hypothesis import strategies as st

from proxyproof.origin.stream.masks import MaskGuard
from proxyproof.wire.frames import Frame, Opcode


class Taken:
    def __init__(self) -> None:
        self.data = b""
        self.ended = False
        self.error: BaseException | None = None

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        self.data += data
        return False, b""

    def feed_eof(self) -> None:
        self.ended = True

    def set_exception(self, exc: BaseException) -> None:
        self.error = exc


def fed(chunks: Iterable[bytes]) -> Taken:
    taken = Taken()
    guard = MaskGuard(taken, taken)
    for chunk in chunks:
        guard.feed_data(chunk)
    return taken


sizes = st.sampled_from([0, 1, 125, 126, 127, 65_535, 65_536])
frames = st.builds(lambda size: Frame(Opcode.BINARY, bytes(size)).encode(), sizes)


@settings(max_examples=60, deadline=None)
@given(st.lists(frames, max_size=4), st.integers(1, 70_000))
def test_masked_frames_pass_however_they_are_cut(sent: list[bytes], size: int) -> None:
    data = b"".join(sent)

    taken = fed(data[at : at + size] for at in range(0, len(data), size))

    assert (taken.data, taken.error) == (data, None)


@settings(max_examples=60, deadline=None)
@given(st.lists(frames, max_size=3), sizes)
def test_the_first_frame_without_a_mask_is_the_last(sent: list[bytes], size: int) -> None:
    bare = Frame(Opcode.TEXT, bytes(size)).encode(masked=False)

    taken = fed([*sent, bare])

    assert taken.data == b"".join(sent)
    assert isinstance(taken.error, WebSocketError)
    assert taken.error.code == 1002


def test_the_end_is_handed_on() -> None:
    taken = Taken()

    MaskGuard(taken, taken).feed_eof()

    assert taken.ended


@pytest.mark.parametrize("size", [0, 126, 65_536])
def test_a_bare_frame_is_known_before_it_is_whole(size: int) -> None:
    bare = Frame(Opcode.TEXT, bytes(size)).encode(masked=False)

    assert fed([bare[:1], bare[1:2]]).error is not None
