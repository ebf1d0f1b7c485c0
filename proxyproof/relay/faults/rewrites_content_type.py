"""`text/event-stream` becomes `text/plain`."""

from dataclasses import replace

from proxyproof.outpost.heads import Context
from proxyproof.outpost.transfer.message import ResponseHead
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


def _edit(head: ResponseHead, _: Context) -> ResponseHead:
    fields = tuple((name, _plain(name, value)) for name, value in head.fields)
    return replace(head, fields=fields)


def _plain(name: bytes, value: bytes) -> bytes:
    is_type = name.lower() == b"content-type"
    return value.replace(b"text/event-stream", b"text/plain") if is_type else value


@fault(
    "rewrites-content-type",
    "an API gateway answers with a type from its own list",
    "SSE-03: oc-web#143, authelia#3221",
)
def rewrites_content_type(parts: Parts) -> None:
    """Rewrite the type of event streams."""
    parts.responses.append(_edit)
