"""Only the response to a GET is streamed."""

from proxyproof.outpost.relay import Body, Relay
from proxyproof.outpost.transfer.downstream import Exchange
from proxyproof.outpost.transfer.message import ResponseHead
from proxyproof.relay.fault import fault
from proxyproof.relay.faults.buffers_all import collected
from proxyproof.relay.parts import Parts


class ByMethod(Relay):
    """Flushes for one method and collects for the others."""

    async def begin(self, exchange: Exchange, head: ResponseHead, body: Body) -> Body:
        """Collect what answers anything but a GET."""
        streamed = exchange.request.method == "GET"
        return await super().begin(exchange, head, body if streamed else collected(body, head))


@fault(
    "streams-get-only",
    "a tunnel chooses by method or content type whether to flush (cloudflared)",
    "BUF-09: cloudflared#1449, #1496, #1095",
)
def streams_get_only(parts: Parts) -> None:
    """Collect the others."""
    parts.exchange(relay=ByMethod)
