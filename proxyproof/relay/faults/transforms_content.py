"""The content of a response is altered on its way."""

from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts

MARK = b"</body>"
SCRIPT = b"<script>/* seen */</script>"


def _transformed(data: bytes) -> bytes:
    return data.replace(MARK, SCRIPT + MARK).replace(b"\r\n", b"\n")


@fault(
    "transforms-content",
    "a CDN's optimisation or a security agent injects a script and tidies line ends",
    "CAC-03: einaros/sse.js#25, fastify-sse-v2#8",
)
def transforms_content(parts: Parts) -> None:
    """Inject and tidy; the bodies that have a length keep it and are cut short by it."""
    parts.alter_bodies(_transformed)
