"""The head of a response waits for the first byte of its body."""

from collections.abc import AsyncIterator

from proxyproof.outpost.relay import Body, Relay
from proxyproof.outpost.transfer.downstream import Exchange
from proxyproof.outpost.transfer.message import ResponseHead
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


class HeldHead(Relay):
    """Sends the head with the first byte of the body."""

    async def begin(self, exchange: Exchange, head: ResponseHead, body: Body) -> Body:
        """Wait for the body, then send the head."""
        first = await anext(aiter(body), b"")
        await exchange.start(head)

        async def rest() -> AsyncIterator[bytes]:
            yield first
            async for data in body:
                yield data

        return rest()


@fault(
    "holds-headers",
    "a tunnel or an encoder decides by the first byte, so the head waits (Cloudflare quick tunnel)",
    "BUF-05: caddy#4247, gbrain#2547, exomem#205",
)
def holds_headers(parts: Parts) -> None:
    """Hold the head."""
    parts.exchange(relay=HeldHead)
