"""A server that is about to go says GOAWAY, and serves what is open to its end (RFC 9113 6.8).

`h2` and `httpcore` take any GOAWAY for the end of everything. Each connection here carries one
stream and opens no other, so that a graceful GOAWAY says nothing to it: it is left out.
"""

from collections.abc import Iterable

_HEAD = 9  # octets of a frame's head (RFC 9113 4.1)
_GOAWAY = 7
_NO_ERROR = 0


class Farewell:
    """Takes the bytes of HTTP/2 frames and gives them back without graceful farewells."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def without(self, data: bytes) -> bytes:
        """The whole frames that there are now, without a GOAWAY that leaves the stream open."""
        self._waiting += data
        kept = bytearray()
        while len(self._waiting) >= _HEAD:
            end = _HEAD + int.from_bytes(self._waiting[:3])
            if len(self._waiting) < end:
                break
            if not _is_graceful(self._waiting[:end]):
                kept += self._waiting[:end]
            del self._waiting[:end]
        return bytes(kept)


def _is_graceful(frame: Iterable[int]) -> bool:
    octets = bytes(frame)
    last = int.from_bytes(octets[_HEAD : _HEAD + 4]) & 0x7FFFFFFF
    code = int.from_bytes(octets[_HEAD + 4 : _HEAD + 8])
    return octets[3] == _GOAWAY and code == _NO_ERROR and last > 0
