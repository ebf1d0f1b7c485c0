"""WebSocket frames as they are on the wire (RFC 6455, section 5): bytes in, frames out.

The codec is the one of `websockets`. Ours is more lenient in one point: reserved bits and overlong
control frames are read and written, because a harness must see and send what breaks the rules.
"""

from collections.abc import Iterator, Sequence

from websockets import frames as rfc6455
from websockets.exceptions import ProtocolError
from websockets.frames import Close, Opcode
from websockets.streams import StreamReader

__all__ = ["Close", "Frame", "FrameDecoder", "Opcode", "close", "fragmented", "ping", "text"]


class Frame(rfc6455.Frame):
    """One frame: `opcode`, `data`, `fin`, `rsv1`, `rsv2`, `rsv3`."""

    def check(self) -> None:
        """Accept every frame that can be told from the next one."""

    def encode(self, *, masked: bool = True) -> bytes:
        """The frame's bytes; a client masks (5.1), a server does not."""
        return self.serialize(mask=masked)

    @property
    def text(self) -> str:
        """The payload as UTF-8, an error if it is none."""
        return bytes(self.data).decode()

    @property
    def close(self) -> Close:
        """Code and reason of a close frame; code 1005 if it has none (7.1.5)."""
        return Close.parse(bytes(self.data))


def text(message: str) -> Frame:
    """A whole text message."""
    return Frame(Opcode.TEXT, message.encode())


def ping(payload: bytes = b"") -> Frame:
    """A ping; the peer answers with a pong of the same payload (5.5.3)."""
    return Frame(Opcode.PING, payload)


def close(code: int, reason: str = "") -> Frame:
    """A close frame; codes that must not be on the wire are refused (7.4.1)."""
    return Frame(Opcode.CLOSE, Close(code, reason).serialize())


def fragmented(opcode: Opcode, parts: Sequence[bytes]) -> list[Frame]:
    """One message as a frame for each part (5.4)."""
    last = len(parts) - 1
    return [
        Frame(Opcode.CONT if n else opcode, part, fin=n == last) for n, part in enumerate(parts)
    ]


class FrameDecoder:
    """Turns bytes into frames, however they are chunked.

    Args:
        masked: True where the bytes come from a client.
    """

    def __init__(self, *, masked: bool = False) -> None:
        self._masked = masked
        self._stream = StreamReader()
        self._parser = self._parse()
        self._error: ProtocolError | None = None

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes; return the frames that they complete.

        Raises:
            ProtocolError: If the opcode is not defined or the masking is not as it must be, once
                the frames before have been returned. What follows cannot be read.
        """
        self._stream.feed_data(data)
        frames: list[Frame] = []
        try:
            while not self._error and (frame := next(self._parser)):
                frames.append(frame)
        except ProtocolError as error:
            self._error = error
        if self._error and not frames:
            raise self._error
        return frames

    def _parse(self) -> Iterator[Frame | None]:
        """Frames as they are complete; None when more bytes are needed."""
        while True:
            frame = yield from Frame.parse(self._stream.read_exact, mask=self._masked)
            yield Frame(
                frame.opcode, bytes(frame.data), frame.fin, frame.rsv1, frame.rsv2, frame.rsv3
            )
