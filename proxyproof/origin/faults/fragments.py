"""A fault of fragmented messages: the fragments change places."""

from proxyproof.origin.faults.fault import Fault
from proxyproof.origin.parts import Parts
from proxyproof.origin.stream.echo import EchoStream
from proxyproof.origin.stream.frames import CLOSE, frame
from proxyproof.origin.stream.websocket import WebSocketStream

Frame = tuple[bool, int, bytes]


def read_frames(data: bytes) -> list[Frame]:
    """The unmasked frames in some bytes: FIN, opcode, payload."""
    frames: list[Frame] = []
    while data:
        size, start = data[1] & 0x7F, 2
        if size >= 126:
            start = 4 if size == 126 else 10
            size = int.from_bytes(data[2:start], "big")
        frames.append((bool(data[0] & 0x80), data[0] & 0x0F, data[start : start + size]))
        data = data[start + size :]
    return frames


class _ReordersFragments(WebSocketStream):
    """Keeps the fragments of a message until the last, then sends their payloads backwards."""

    _held: tuple[Frame, ...] = ()

    def write_raw(self, data: bytes) -> None:
        for fin, opcode, payload in read_frames(data):
            if opcode >= CLOSE:
                super().write_raw(frame(opcode, payload))
                continue
            self._held += ((fin, opcode, payload),)
            if fin:
                self._send_backwards()

    def _send_backwards(self) -> None:
        held, self._held = self._held, ()
        payloads = [payload for _, _, payload in reversed(held)]
        for (fin, opcode, _), payload in zip(held, payloads, strict=True):
            super().write_raw(frame(opcode, payload, fin=fin))


class _ReordersEchoFragments(_ReordersFragments, EchoStream):
    """The same on the echo endpoint."""


def _reorders_fragments(parts: Parts) -> None:
    parts.websocket_stream = _ReordersFragments
    parts.echo_stream = _ReordersEchoFragments


FAULTS = (
    Fault(
        "reorders-fragments",
        "the fragments of a message arrive backwards",
        "a relay that handles frames in parallel: FRM-03",
        _reorders_fragments,
    ),
)
