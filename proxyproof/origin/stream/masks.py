"""What aiohttp's parser of frames lets pass: frames of a client without a mask."""

from typing import Protocol

from aiohttp.http_websocket import WebSocketError, WSCloseCode

MASKED = 0x80
LENGTH = 0x7F
OF_LENGTH = {126: 2, 127: 8}  # further bytes in which the length stands (RFC 6455 section 5.2)
MASK = 4


class Parser(Protocol):
    """What a connection hands its bytes to."""

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Take bytes; True if nothing more can be read."""
        ...

    def feed_eof(self) -> None:
        """Take the end."""
        ...


class Queue(Protocol):
    """Where what was parsed waits, or why nothing more will be."""

    def set_exception(self, exc: BaseException) -> None:
        """Say why nothing more comes."""
        ...


class MaskGuard:
    """Stands before a parser and ends the connection at the first frame that is not masked.

    A server must close it then (RFC 6455 section 5.1): masks keep what a page sends from being read
    as requests by the intermediaries on the way.
    """

    def __init__(self, parser: Parser, queue: Queue) -> None:
        self._parser = parser
        self._queue = queue
        self._head = b""  # of a frame, as far as it has come
        self._payload = 0  # bytes of the frame that are still to come, its mask among them

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Hand the bytes on if all frames in them are masked."""
        if self._is_masked(data):
            return self._parser.feed_data(data)
        self._queue.set_exception(
            WebSocketError(WSCloseCode.PROTOCOL_ERROR, "frames of a client must be masked")
        )
        return True, b""

    def feed_eof(self) -> None:
        """Hand the end on."""
        self._parser.feed_eof()

    def _is_masked(self, data: bytes) -> bool:
        place = 0
        while place < len(data):
            skipped = min(self._payload, len(data) - place)
            self._payload -= skipped
            place += skipped
            if place < len(data):
                self._head += data[place : place + 1]
                place += 1
                if not self._read_head():
                    return False
        return True

    def _read_head(self) -> bool:
        if len(self._head) < 2:
            return True
        if not self._head[1] & MASKED:
            return False
        length = self._head[1] & LENGTH
        further = OF_LENGTH.get(length, 0)
        if len(self._head) == 2 + further:
            self._payload = MASK + (int.from_bytes(self._head[2:], "big") if further else length)
            self._head = b""
        return True
