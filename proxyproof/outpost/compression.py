"""The compressor that sat before everything in the embedded Go outpost (contract 4.1).

It flushes after every write, so events come in time; what suffers are clients that do not expect a
compressed stream, and the length of a body, which is no longer known.
"""

import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from proxyproof.outpost.heads import Context
from proxyproof.outpost.transfer.message import Request, ResponseHead, tokens, values, without

GZIP = 16 + zlib.MAX_WBITS
"""The window bits that make zlib write a gzip header."""

NO_BODY = frozenset((101, 204, 304))


@dataclass(frozen=True)
class Compressed(ResponseHead):
    """The head of a response whose body is to be compressed here."""


def keep_encodings_here(outgoing: Request, context: Context) -> Request:
    """Ask the upstream for no encoding: the compressor takes the field for itself."""
    if context.upgrade:
        return outgoing
    return replace(outgoing, fields=without(outgoing.fields, b"accept-encoding"))


def announce(head: ResponseHead, context: Context) -> ResponseHead:
    """Tell a client that accepts gzip that it gets gzip, unless the body is encoded already."""
    request = context.request
    accepted = {token.partition(";")[0] for token in tokens(request.fields, b"accept-encoding")}
    bare = head.status in NO_BODY or request.method == "HEAD"
    if bare or "gzip" not in accepted or values(head.fields, b"content-encoding"):
        return head
    told = ((b"Content-Encoding", b"gzip"), (b"Vary", b"Accept-Encoding"))
    fields = (*without(head.fields, b"content-length"), *told)
    return Compressed(head.status, fields, head.reason)


async def compress(
    body: AsyncIterator[bytes], head: ResponseHead, flush: int = zlib.Z_SYNC_FLUSH
) -> AsyncIterator[bytes]:
    """Yield the body, compressed where that was announced.

    Args:
        body: the parts as they come.
        head: what was announced.
        flush: after each part; by default so that it can be read at once.
    """
    if not isinstance(head, Compressed):
        async for data in body:
            yield data
        return
    codec = zlib.compressobj(wbits=GZIP)
    async for data in body:
        if ready := codec.compress(data) + codec.flush(flush):
            yield ready
    yield codec.flush()
