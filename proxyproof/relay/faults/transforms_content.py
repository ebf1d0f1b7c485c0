"""The content of a response is altered on its way."""

from collections.abc import AsyncIterator

from proxyproof.outpost.relay import Body
from proxyproof.outpost.transfer.message import ResponseHead
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts

MARK = b"</body>"
SCRIPT = b"<script>/* seen */</script>"


async def _injected(body: Body, _: ResponseHead) -> AsyncIterator[bytes]:
    async for data in body:
        yield data.replace(MARK, SCRIPT + MARK).replace(b"\r\n", b"\n")


@fault(
    "transforms-content",
    "a CDN's optimisation or a security agent injects a script and tidies line ends",
    "CAC-03: einaros/sse.js#25, fastify-sse-v2#8",
)
def transforms_content(parts: Parts) -> None:
    """Inject and tidy; the bodies that have a length keep it and are cut short by it."""
    parts.bodies.append(_injected)
