"""The second client is given the stream of the first."""

from collections.abc import AsyncIterator

from proxyproof.outpost.heads import Context
from proxyproof.outpost.relay import Body, Pipeline, Relay
from proxyproof.outpost.transfer.downstream import Exchange
from proxyproof.outpost.transfer.message import Request, Response, ResponseHead, tokens
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts

Stored = tuple[ResponseHead, list[bytes]]
MOST = 256 * 1024  # bytes of one stored stream: a test must not fill the memory


class Caching(Relay):
    """Stores what answers a GET by its URL, and whoever asks next is answered from there."""

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__(pipeline)
        self._stored: dict[bytes, Stored] = {}

    async def forward(self, exchange: Exchange, context: Context) -> Response | None:
        """Answer from the store, or ask and store."""
        stored = self._stored.get(context.request.target)
        if stored is None or not _is_stream(context.request):
            return await super().forward(exchange, context)
        head, parts = stored
        return Response(head.status, (*_kept(head), (b"Age", b"1")), body=b"".join(parts))

    async def begin(self, exchange: Exchange, head: ResponseHead, body: Body) -> Body:
        """Keep a copy of what passes."""
        passed = await super().begin(exchange, head, body)
        if not _is_stream(exchange.request) or head.status != 200:
            return passed
        parts: list[bytes] = []
        self._stored[exchange.request.target] = (head, parts)
        return _copied(passed, parts)


def _is_stream(request: Request) -> bool:
    return request.method == "GET" and "text/event-stream" in tokens(request.fields, b"accept")


def _kept(head: ResponseHead) -> tuple[tuple[bytes, bytes], ...]:
    framing = (b"transfer-encoding", b"content-length", b"connection", b"date")
    return tuple(field for field in head.fields if field[0].lower() not in framing)


async def _copied(body: Body, parts: list[bytes]) -> AsyncIterator[bytes]:
    size = 0
    async for data in body:
        if size + len(data) <= MOST:
            parts.append(data)
            size += len(data)
        yield data


@fault(
    "cached-stream",
    "a CDN's rule to cache everything, keyed by the URL, holds event streams too",
    "CAC-01: mdn/content#12085, hapi#771",
)
def cached_stream(parts: Parts) -> None:
    """Store streams."""
    parts.exchange(relay=Caching)
