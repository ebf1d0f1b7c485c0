"""A tunnel that takes WebSocket frames apart instead of copying bytes (RFC 6455 5.2)."""

import struct
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.tunnel import Tunnel

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
FINAL = 0x80
MASK = b"\x00\x00\x00\x01"  # any will do: it need not be hard to guess


@dataclass(frozen=True)
class Frame:
    """One frame, unmasked; `mask` is empty for frames of the origin."""

    first: int
    payload: bytes
    mask: bytes = b""

    @property
    def opcode(self) -> int:
        """The low four bits of the first byte."""
        return self.first & 0x0F

    @property
    def final(self) -> bool:
        """Whether the FIN bit is set."""
        return bool(self.first & FINAL)

    @property
    def is_data(self) -> bool:
        """Whether this is text, binary or a continuation of either."""
        return self.opcode in (CONTINUATION, TEXT, BINARY)

    def answer(self, opcode: int, payload: bytes) -> "Frame":
        """Return a frame for the way back: masked if it goes to the origin (RFC 6455 5.1)."""
        return Frame(FINAL | opcode, payload, b"" if self.mask else MASK)

    def as_bytes(self) -> bytes:
        """Return the frame as it travels."""
        size, flag = len(self.payload), 0x80 if self.mask else 0
        if size < 126:
            head = struct.pack("!BB", self.first, flag | size)
        elif size < 65536:
            head = struct.pack("!BBH", self.first, flag | 126, size)
        else:
            head = struct.pack("!BBQ", self.first, flag | 127, size)
        return head + self.mask + _masked(self.payload, self.mask)


def _masked(payload: bytes, mask: bytes) -> bytes:
    if not mask or not payload:
        return payload
    key = (mask * (len(payload) // 4 + 1))[: len(payload)]
    size = len(payload)
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


class FrameReader:
    """Cuts the bytes of one direction into frames."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yield the frames that are complete."""
        self._held += data
        while (size := self._head()) is not None:
            offset, masked, length = size
            end = offset + (4 if masked else 0) + length
            if len(self._held) < end:
                return
            mask = bytes(self._held[offset : offset + 4]) if masked else b""
            payload = bytes(self._held[end - length : end])
            first = self._held[0]
            del self._held[:end]
            yield Frame(first, _masked(payload, mask), mask)

    def _head(self) -> tuple[int, bool, int] | None:
        """Return offset of the mask, whether there is one, and length of the payload."""
        if len(self._held) < 2:
            return None
        masked, short = bool(self._held[1] & 0x80), self._held[1] & 0x7F
        extra = {126: 2, 127: 8}.get(short, 0)
        if len(self._held) < 2 + extra:
            return None
        length = int.from_bytes(self._held[2 : 2 + extra], "big") if extra else short
        return 2 + extra, masked, length


class FrameTunnel(Tunnel, ABC):
    """A tunnel that reads frames; a subclass says what becomes of each."""

    def __init__(self, client: Channel, origin: Channel, *, half_close: bool) -> None:
        super().__init__(client, origin, half_close=half_close)
        self._readers = {id(client): FrameReader(), id(origin): FrameReader()}

    async def deliver(self, data: bytes, source: Channel, sink: Channel) -> None:
        """Take what came apart and pass on what is made of it."""
        for frame in self._readers[id(source)].feed(data):
            passed = b"".join(part.as_bytes() for part in self.passed(frame, source))
            if passed:
                await sink.write(passed)
            for answer in self.answers(frame):
                await source.write(answer.as_bytes())

    @abstractmethod
    def passed(self, frame: Frame, source: Channel) -> list[Frame]:
        """Return the frames to pass on in place of this one."""

    def answers(self, frame: Frame) -> list[Frame]:
        """Return frames to send back to where this one came from."""
        return []
