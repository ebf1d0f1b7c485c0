"""Endpoints about the origin itself: is it ready, and whom does it see."""

from dataclasses import asdict

from aiohttp import web

from proxyproof.origin.core import Core
from proxyproof.origin.head import HEAD
from proxyproof.origin.problem import Problem

# The connection between this application and the server on which its loops run.
_SERVER_EVENTS = {
    "connected": "server.connected",
    "disconnected": "server.disconnected",
    "error": "server.error",
}


class ServiceEndpoints:
    """Readiness, identity, and the events that belong to no loop."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[web.RouteDef]:
        """The endpoints."""
        return [
            web.get("/api/health", self.health),
            web.get("/api/whoami", self.whoami),
            web.post("/api/server/{event}", self.server),
        ]

    async def health(self, request: web.Request) -> web.Response:
        """``GET /api/health``."""
        del request
        core = self._core
        return answer(
            {
                "status": "ok",
                "streams": len(core.streams),
                "newest": str(core.log.newest) if core.log.newest else None,
                "transports": {
                    "websocket": core.transports.is_open("websocket"),
                    "sse": core.transports.is_open("sse"),
                },
            }
        )

    async def whoami(self, request: web.Request) -> web.Response:
        """``GET /api/whoami``."""
        head = request[HEAD]
        identity = self._core.identity(head)
        seen = asdict(identity) if identity else {"user": None}
        return answer({**seen, "peer": head.peer, "trusted": self._core.trusts(head)})

    async def server(self, request: web.Request) -> web.Response:
        """``POST /api/server/{connected,disconnected,error}``."""
        event_type = _SERVER_EVENTS.get(request.match_info["event"])
        if event_type is None:
            raise Problem(404, "unknown-event", f"one of {', '.join(_SERVER_EVENTS)} expected")
        fields = await read_object(request)
        try:
            event = self._core.emitter.publish(event_type, None, fields)
        except ValueError as error:
            raise Problem(400, "malformed-fields", str(error)) from None
        return web.Response(body=event.json, content_type="application/json")


def answer(document: object, status: int = 200) -> web.Response:
    """A JSON response that no cache keeps."""
    return web.json_response(document, status=status, headers={"Cache-Control": "no-store"})


async def read_object(request: web.Request) -> dict[str, object]:
    """The JSON object in the body of a request; empty if there is no body.

    Raises:
        Problem: 400, the body is something else.
    """
    if not await request.read():
        return {}
    try:
        document = await request.json()
    except (ValueError, RecursionError, LookupError):
        raise Problem(400, "malformed-body", "a JSON object expected") from None
    if not isinstance(document, dict):
        raise Problem(400, "malformed-body", "a JSON object expected")
    return document
