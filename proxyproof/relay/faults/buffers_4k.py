"""Bytes of a response are held until 4096 of them are there."""

from collections.abc import AsyncIterator

from proxyproof.outpost.relay import Body
from proxyproof.outpost.transfer.message import ResponseHead
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts

BLOCK = 4096


async def _in_blocks(body: Body, _: ResponseHead) -> AsyncIterator[bytes]:
    held = b""
    async for data in body:
        held += data
        full = len(held) // BLOCK * BLOCK
        if full:
            yield held[:full]
            held = held[full:]
    yield held


@fault(
    "buffers-4k",
    "a hop sends full buffers only, such as a TLS record or a page of memory",
    "BUF-02, BUF-01: vaadin/flow#25751",
)
def buffers_4k(parts: Parts) -> None:
    """Send full blocks."""
    parts.bodies.append(_in_blocks)
