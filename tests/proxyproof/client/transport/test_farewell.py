import pytest

from proxyproof.client.transport.farewell import Farewell

DATA = b"\0\0\2\0\0\0\0\0\1hi"
GRACEFUL = b"\0\0\x08\x07\0\0\0\0\0" + b"\0\0\0\1" + b"\0\0\0\0"
LAST_WORDS = b"\0\0\x08\x07\0\0\0\0\0" + b"\x7f\xff\xff\xff" + b"\0\0\0\0"
UNSERVED = b"\0\0\x08\x07\0\0\0\0\0" + b"\0\0\0\0" + b"\0\0\0\0"
ANGRY = b"\0\0\x08\x07\0\0\0\0\0" + b"\0\0\0\1" + b"\0\0\0\1"


@pytest.mark.parametrize("farewell", [GRACEFUL, LAST_WORDS])
def test_a_graceful_farewell_is_left_out(farewell: bytes) -> None:
    assert Farewell().without(DATA + farewell + DATA) == DATA + DATA


@pytest.mark.parametrize("farewell", [UNSERVED, ANGRY])
def test_a_farewell_that_ends_the_stream_stays(farewell: bytes) -> None:
    assert Farewell().without(DATA + farewell) == DATA + farewell


def test_frames_are_found_however_they_are_cut() -> None:
    farewell = Farewell()
    octets = [bytes([octet]) for octet in DATA + GRACEFUL + DATA]

    assert b"".join(farewell.without(octet) for octet in octets) == DATA + DATA
