"""A response is collected until it is complete."""

from collections.abc import AsyncIterator

from proxyproof.outpost.relay import Body
from proxyproof.outpost.transfer.message import ResponseHead
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


async def collected(body: Body, _: ResponseHead) -> AsyncIterator[bytes]:
    """Yield the whole body at once."""
    yield b"".join([data async for data in body])


@fault(
    "buffers-all",
    "a WAF, DLP or zero-trust agent wants to see the whole body before it lets any of it pass",
    "BUF-11, BUF-07, BUF-01: teleport#69560, envoy#47048",
)
def buffers_all(parts: Parts) -> None:
    """Collect the body."""
    parts.bodies.append(collected)
