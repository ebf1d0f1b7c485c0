"""Last-Event-ID does not reach the application."""

from dataclasses import replace

from proxyproof.outpost.heads import Context
from proxyproof.outpost.transfer.message import Request, without
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts


def _edit(outgoing: Request, _: Context) -> Request:
    return replace(outgoing, fields=without(outgoing.fields, b"last-event-id"))


@fault(
    "drops-last-event-id",
    "the list of request fields that a WAF or an API gateway lets pass does not have it",
    "SSE-04: htmx-extensions#184, dotnet-eventsource#53",
)
def drops_last_event_id(parts: Parts) -> None:
    """Drop the field."""
    parts.requests.append(_edit)
