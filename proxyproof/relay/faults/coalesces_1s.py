"""What comes of a body within a second leaves together."""

import asyncio
from collections.abc import AsyncIterator

from proxyproof.outpost.relay import Body
from proxyproof.outpost.transfer.message import ResponseHead
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts

INTERVAL = 1.0


async def _once_a_second(body: Body, _: ResponseHead) -> AsyncIterator[bytes]:
    held: asyncio.Queue[bytes] = asyncio.Queue()
    reader = asyncio.create_task(_read(body, held))
    try:
        while not reader.done() or not held.empty():
            await asyncio.wait([reader], timeout=INTERVAL)
            if data := _taken(held):
                yield data
    finally:
        reader.cancel()
    reader.result()


async def _read(body: Body, held: "asyncio.Queue[bytes]") -> None:
    async for data in body:
        held.put_nowait(data)


def _taken(held: "asyncio.Queue[bytes]") -> bytes:
    return b"".join([held.get_nowait() for _ in range(held.qsize())])


@fault(
    "coalesces-1s",
    "an in-line proxy flushes on a timer (oauth2-proxy, --flush-interval of 1 s)",
    "BUF-06: oauth2-proxy#23, buzzfeed/sso#232",
)
def coalesces_1s(parts: Parts) -> None:
    """Flush once a second."""
    parts.bodies.append(_once_a_second)
