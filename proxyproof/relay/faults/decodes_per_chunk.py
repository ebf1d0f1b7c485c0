"""Each piece of a body is read as text by itself."""

from collections.abc import AsyncIterator

from proxyproof.outpost.relay import Body
from proxyproof.outpost.transfer.message import ResponseHead
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


async def _as_text(body: Body, _: ResponseHead) -> AsyncIterator[bytes]:
    async for data in body:
        yield data.decode("utf-8", errors="replace").encode()


@fault(
    "decodes-per-chunk",
    "a hop makes a string of each chunk: a character that is cut in two is lost",
    "SSE-07: aisix#111, claude-code-router#1672, litellm-rs#1180",
)
def decodes_per_chunk(parts: Parts) -> None:
    """Decode and encode again."""
    parts.bodies.append(_as_text)
