"""Each piece of a body is read as text by itself."""

from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


def _as_text(data: bytes) -> bytes:
    return data.decode("utf-8", errors="replace").encode()


@fault(
    "decodes-per-chunk",
    "a hop makes a string of each chunk: a character that is cut in two is lost",
    "SSE-07: aisix#111, claude-code-router#1672, litellm-rs#1180",
)
def decodes_per_chunk(parts: Parts) -> None:
    """Decode and encode again."""
    parts.alter_bodies(_as_text)
