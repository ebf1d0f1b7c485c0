"""An upgrade arrives as an ordinary request."""

from dataclasses import replace

from proxyproof.outpost.heads import Context
from proxyproof.outpost.transfer.message import Request, without
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


def _edit(outgoing: Request, context: Context) -> Request:
    if not context.upgrade:
        return outgoing
    return replace(outgoing, fields=without(outgoing.fields, b"upgrade", b"connection"))


@fault(
    "strips-upgrade",
    "a load balancer without WebSocket drops Upgrade and Connection as hop-by-hop fields",
    "HDR-01: vaadin/docs#6059, cloudflared#120",
)
def strips_upgrade(parts: Parts) -> None:
    """Send an upgrade as an ordinary request."""
    parts.requests.append(_edit)
