"""An error is delivered as 200."""

from proxyproof.outpost.heads import Context
from proxyproof.outpost.transfer.message import ResponseHead
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


def _edit(head: ResponseHead, _: Context) -> ResponseHead:
    return ResponseHead(200, head.fields) if head.status >= 400 else head


@fault(
    "error-as-200",
    "a CDN's rule for single-page applications answers every error with 200",
    "ERR-03: oc-web#143",
)
def error_as_200(parts: Parts) -> None:
    """Turn every error of the origin into a success."""
    parts.responses.append(_edit)
