"""Event streams are compressed, and what the compressor has not yet put out stays in it."""

import zlib
from collections.abc import AsyncIterator

from proxyproof.outpost.compression import GZIP, Compressed, announce
from proxyproof.outpost.heads import Context
from proxyproof.outpost.relay import Body
from proxyproof.outpost.transfer.message import ResponseHead, values
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


def _announced(head: ResponseHead, context: Context) -> ResponseHead:
    """Compress for whoever takes it, but not where that is forbidden (RFC 9111 5.2.2.6)."""
    if "no-transform" in ",".join(values(head.fields, b"cache-control")):
        return head
    return announce(head, context)


async def _for_its_window(body: Body, head: ResponseHead) -> AsyncIterator[bytes]:
    if not isinstance(head, Compressed):
        async for data in body:
            yield data
        return
    codec = zlib.compressobj(wbits=GZIP)
    async for data in body:
        if ready := codec.compress(data):
            yield ready
    yield codec.flush()


@fault(
    "compress-stream",
    "a compressor without a flush for each write (GZipMiddleware, compression without res.flush())",
    "BUF-04: starlette#2753, compressible#16, traefik#2576",
)
def compress_stream(parts: Parts) -> None:
    """Compress what may be compressed."""
    parts.responses.append(_announced)
    parts.bodies.append(_for_its_window)
