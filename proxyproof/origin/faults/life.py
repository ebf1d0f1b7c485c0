"""Faults in the life and end of a stream: no sign of life, no word at the end."""

from aiohttp import web

from proxyproof.origin.faults.fault import Fault
from proxyproof.origin.parts import Parts
from proxyproof.origin.stream.echo import EchoStream
from proxyproof.origin.stream.frames import CLOSE, frame
from proxyproof.origin.stream.sse import EventStream
from proxyproof.origin.stream.stream import Ending
from proxyproof.origin.stream.websocket import WebSocketStream

PAGE = "<!doctype html><title>Loops</title><div id=root></div>"


class _SilentWebSocket(WebSocketStream):
    def beat(self) -> None:
        """Send nothing."""


class _SilentEventStream(EventStream):
    def beat(self) -> None:
        """Send nothing."""


class _NoCloseCode(WebSocketStream):
    def farewell(self, ending: Ending) -> bytes:
        del ending
        return frame(CLOSE, b"")


class _NoCloseCodeEcho(_NoCloseCode, EchoStream):
    """The same on the echo endpoint."""


class _SwallowsCloseCode(WebSocketStream):
    """Ends the TCP connection where a close frame is due."""

    def farewell(self, ending: Ending) -> bytes:
        del ending
        return b""

    def end(self, ending: Ending, *, drop: bool = False) -> None:
        super().end(ending, drop=drop)
        self.transport.close()


class _SwallowsCloseCodeEcho(_SwallowsCloseCode, EchoStream):
    """The same on the echo endpoint."""


class _EndsWebSocketWell(WebSocketStream):
    def lose(self, reason: str) -> None:
        self.end(Ending(1000, reason, "origin"))


class _EndsEventStreamWell(EventStream):
    def lose(self, reason: str) -> None:
        self.end(Ending(1000, reason, "origin"))


class _DropsPings(WebSocketStream):
    def pong(self, payload: bytes) -> None:
        """Answer nothing."""


class _DropsEchoPings(_DropsPings, EchoStream):
    """The same on the echo endpoint."""


async def _page(request: web.Request) -> web.StreamResponse:
    del request
    return web.Response(text=PAGE, content_type="text/html")


def _without_event_streams(routes: list[web.RouteDef]) -> list[web.RouteDef]:
    def replaced(route: web.RouteDef) -> web.RouteDef:
        if not route.path.endswith("/events"):
            return route
        return web.route(route.method, route.path, _page, **route.kwargs)

    return [replaced(route) for route in routes]


def _no_heartbeat(parts: Parts) -> None:
    parts.websocket_stream = _SilentWebSocket
    parts.event_stream = _SilentEventStream


def _no_close_code(parts: Parts) -> None:
    parts.websocket_stream = _NoCloseCode
    parts.echo_stream = _NoCloseCodeEcho


def _swallows_close_code(parts: Parts) -> None:
    parts.websocket_stream = _SwallowsCloseCode
    parts.echo_stream = _SwallowsCloseCodeEcho


def _swallows_abort(parts: Parts) -> None:
    parts.websocket_stream = _EndsWebSocketWell
    parts.event_stream = _EndsEventStreamWell


def _drops_pings(parts: Parts) -> None:
    parts.websocket_stream = _DropsPings
    parts.echo_stream = _DropsEchoPings


def _sse_removed(parts: Parts) -> None:
    parts.routes = _without_event_streams


FAULTS = (
    Fault(
        "no-heartbeat",
        "an idle stream shows no sign of life",
        "servers that leave liveness to TCP: TMO-11",
        _no_heartbeat,
    ),
    Fault(
        "no-close-code",
        "close frames carry neither code nor reason",
        "closing without arguments: CLS-01",
        _no_close_code,
    ),
    Fault(
        "swallows-close-code",
        "the connection ends where a close frame is due",
        "a process that exits without closing its WebSockets: CLS-01",
        _swallows_close_code,
    ),
    Fault(
        "swallows-abort",
        "a stream that breaks off looks as if it had ended well",
        "`finally: close()` around everything: CLS-04",
        _swallows_abort,
    ),
    Fault(
        "drops-pings",
        "pings are not answered",
        "hand-written frame readers: CLS-03",
        _drops_pings,
    ),
    Fault(
        "sse-removed",
        "the old endpoints answer 200 with the page of the application",
        "a catch-all route for the page, after the endpoints were deleted",
        _sse_removed,
    ),
)
