"""Characters that look dangerous are taken out of what passes."""

import unicodedata
from dataclasses import replace

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.frames import TEXT, Frame, FrameTunnel
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts

KEPT = "\t\n\r"
COMPRESSED = 0x40  # RSV1 (RFC 7692 section 6): no text to be seen


def _cleaned(data: bytes) -> bytes:
    text = unicodedata.normalize("NFC", data.decode("utf-8", errors="surrogateescape"))
    kept = (one for one in text if one in KEPT or unicodedata.category(one) not in ("Cc", "Cf"))
    return "".join(kept).encode("utf-8", errors="surrogateescape")


class CleansText(FrameTunnel):
    """Cleans the text messages of both directions."""

    def passed(self, frame: Frame, source: Channel) -> list[Frame]:
        """Clean text that is not compressed."""
        if frame.opcode != TEXT or frame.first & COMPRESSED:
            return [frame]
        return [replace(frame, payload=_cleaned(frame.payload))]


@fault(
    "cleans-text",
    "a security agent normalises text and takes control and format characters out",
    "CAC-03: content disarm of WAF and DLP products; Unicode Technical Report 36",
)
def cleans_text(parts: Parts) -> None:
    """Clean messages and bodies."""
    parts.exchange(tunnel=CleansText)
    parts.alter_bodies(_cleaned)
