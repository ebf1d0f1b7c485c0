"""Faults in what the client is answered: status lines and fields."""

from collections.abc import Callable
from dataclasses import replace

from proxyproof.outpost.faults.model import fault
from proxyproof.outpost.heads import Context, ResponseEdit
from proxyproof.outpost.parts import Parts
from proxyproof.outpost.relay import Relay
from proxyproof.outpost.transfer.downstream import Exchange
from proxyproof.outpost.transfer.message import (
    Fields,
    Request,
    Response,
    ResponseHead,
    tokens,
    values,
    without,
)


def on_101(change: Callable[[Fields, Context], Fields]) -> ResponseEdit:
    """Return an edit of the fields of a 101."""

    def edit(head: ResponseHead, context: Context) -> ResponseHead:
        return replace(head, fields=change(head.fields, context)) if head.status == 101 else head

    return edit


def wants_events(request: Request) -> bool:
    """Whether a request is for an event stream, by Accept or by the way such paths end."""
    accepts = "text/event-stream" in tokens(request.fields, b"accept")
    return accepts or request.path.endswith("/events")


@fault("drops-subprotocol", "the negotiated subprotocol is missing from the 101", "4.3, HDR-03")
def drops_subprotocol(parts: Parts) -> None:
    """Drop the choice of the origin."""
    parts.responses.append(on_101(lambda fields, _: without(fields, b"sec-websocket-protocol")))


@fault("invents-subprotocol", "the 101 names a subprotocol that the origin did not", "HDR-04")
def invents_subprotocol(parts: Parts) -> None:
    """Name the first that was offered, or one of our own."""

    def invented(fields: Fields, context: Context) -> Fields:
        if values(fields, b"sec-websocket-protocol"):
            return fields
        offered = context.request.first(b"sec-websocket-protocol") or "default"
        choice = offered.partition(",")[0].strip().encode("latin-1")
        return (*fields, (b"Sec-WebSocket-Protocol", choice))

    parts.responses.append(on_101(invented))


@fault("malformed-101", "the 101 carries fields of a body", "HDR-11")
def malformed_101(parts: Parts) -> None:
    """Announce the length of a body that a 101 cannot have."""
    parts.responses.append(on_101(lambda fields, _: (*fields, (b"Content-Length", b"0"))))


@fault("compresses-one-leg", "the extension is agreed with the origin only", "4.3, FRM-04")
def compresses_one_leg(parts: Parts) -> None:
    """Do not tell the client that the origin compresses."""
    parts.responses.append(on_101(lambda fields, _: without(fields, b"sec-websocket-extensions")))


@fault("turns-503-into-403", "a temporary failure gets a terminal status", "ERR-01")
def turns_503_into_403(parts: Parts) -> None:
    """Turn 502, 503 and 504 into 403, whoever says them."""
    temporary = (502, 503, 504)

    def of_origin(head: ResponseHead, _: Context) -> ResponseHead:
        return ResponseHead(403, head.fields) if head.status in temporary else head

    def of_ours(response: Response, _: Request) -> Response:
        return replace(response, status=403) if response.status in temporary else response

    parts.responses.append(of_origin)
    parts.own.append(of_ours)


class SlashRedirect(Relay):
    """Redirects streams whose path does not end in a slash."""

    async def carry(self, exchange: Exchange, context: Context) -> Response | None:
        """Redirect, or carry what is no stream."""
        request = context.request
        if request.path.endswith("/") or not (context.upgrade or wants_events(request)):
            return await super().carry(exchange, context)
        path, mark, query = request.target.decode("latin-1").partition("?")
        return Response(301, ((b"Location", f"{path}/{mark}{query}".encode("latin-1")),))


@fault("redirects-slash", "a stream is redirected to its path with a slash", "HDR-07")
def redirects_slash(parts: Parts) -> None:
    """Redirect streams."""
    parts.exchange(relay=SlashRedirect)
