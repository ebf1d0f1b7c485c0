"""Frames as a server sends them (RFC 6455 section 5): unmasked, one write each."""

from typing import Final

TEXT: Final = 0x1
BINARY: Final = 0x2
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA

MAX_REASON = 123  # a control frame holds 125 bytes, two of which are the code


def frame(opcode: int, payload: bytes, *, fin: bool = True) -> bytes:
    """One unmasked frame."""
    first = (0x80 if fin else 0) | opcode
    size = len(payload)
    if size < 126:
        return bytes((first, size)) + payload
    if size < 65536:
        return bytes((first, 126)) + size.to_bytes(2, "big") + payload
    return bytes((first, 127)) + size.to_bytes(8, "big") + payload


def close_frame(code: int, reason: str = "") -> bytes:
    """A close frame; the reason is cut at 123 bytes, at the end of a character.

    Codes 1005 and 1006 mean that there was none, and must not be sent (section 7.4.1).
    """
    if code in (1005, 1006):
        return frame(CLOSE, b"")
    text = reason.encode()[:MAX_REASON].decode(errors="ignore").encode()
    return frame(CLOSE, code.to_bytes(2, "big") + text)
