"""Payloads that relays, buffers and text tools have altered in the field."""

import hashlib

AROUND_BUFFERS = (125, 126, 4095, 4096, 4097, 8191, 8192, 8193, 16_383, 16_384, 16_385)
AROUND_LIMITS = (65_535, 65_536, 65_537, 131_072, 2**20, 2**21 + 1)
SIZES = (0, 1, *AROUND_BUFFERS, *AROUND_LIMITS)  # failure catalogue FRM-01, FRM-02

CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))  # NUL, line ends, DEL, C1
TEXTS = (
    CONTROLS,
    "",
    "one\ntwo\r\nthree\rfour\x85five\u2028six\u2029seven",  # what is a line end somewhere
    "data: x\n\nid: y\nevent: z\n\n",  # an event stream within an event
    "\ufeffbegins with a mark and ends with one\ufeff",
    "à and a\u0300, ﬁ and fi, Å and \u212b",  # the same to whoever normalises
    "🌍 \U0010ffff \U0001f469\u200d\U0001f680 \ufffd \ufffe",  # four bytes, joined, no characters
    "\u202eright to left\u202c, \u200bno width, \xadsoft",
    "</body></html> <script> ]]> %00 %0d%0a ${x} {{y}} <!--# include -->",
    " two  blanks and a tab\t ",
)
"""Text that is valid, and looks otherwise."""

NO_UTF8 = {
    "lone surrogate": b"\xed\xa0\x80",
    "surrogate pair": b"\xed\xa0\xbd\xed\xb8\x80",
    "overlong": b"\xc0\xaf",
    "beyond the last": b"\xf4\x90\x80\x80",
    "cut off": "🌍".encode()[:3],
    "no beginning": b"a\x80b",
}
"""Bytes that no text message may hold (RFC 3629 section 3)."""


def noise(size: int) -> bytes:
    """Bytes that no compressor shortens, the same for each size in every run."""
    return hashlib.shake_128(b"%d" % size).digest(size)


def event_stream(size: int) -> bytes:
    """The body of an event stream that tempts: line ends of every kind, long lines, markup, a mark.

    None of it is left to a parser: RFC 9111 section 5.2.2.6 speaks of bytes.
    """
    block = b"".join(
        (
            b"\xef\xbb\xbf: a mark is one at the beginning only\n",
            b"data: \x00\x01\x1b[31m\x7f\r\ndata:x\rdata:  y \n\n",
            b"id\nid:\nretry: 1e3\nno-field: x\n:\n\n\r\n\r\r",
            b"data: <html><head></head><body>\t</body></html>  \n",
            "data: Grüße, 世界 🌍\u2028\n\n".encode(),
            b"data: " + b"long line " * 800 + b"\n\n",
        )
    )
    return (block * (size // len(block) + 1))[:size]
