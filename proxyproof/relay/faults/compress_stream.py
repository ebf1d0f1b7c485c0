"""Event streams are compressed, and what the compressor has not yet put out stays in it."""

import zlib
from functools import partial

from proxyproof.outpost.compression import announce, compress
from proxyproof.outpost.heads import Context
from proxyproof.outpost.transfer.message import ResponseHead, values
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


def _announced(head: ResponseHead, context: Context) -> ResponseHead:
    """Compress for whoever takes it, but not where that is forbidden (RFC 9111 5.2.2.6)."""
    if "no-transform" in ",".join(values(head.fields, b"cache-control")):
        return head
    return announce(head, context)


@fault(
    "compress-stream",
    "a compressor without a flush for each write (GZipMiddleware, compression without res.flush())",
    "BUF-04: starlette#2753, compressible#16, traefik#2576",
)
def compress_stream(parts: Parts) -> None:
    """Compress what may be compressed."""
    parts.responses.append(_announced)
    parts.bodies.append(partial(compress, flush=zlib.Z_NO_FLUSH))
