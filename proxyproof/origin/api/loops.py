"""The application's endpoints: each call on a loop emits the loop's event."""

from aiohttp import web

from proxyproof.origin.api.service import answer, read_object
from proxyproof.origin.application.loops import ACTS, Loop
from proxyproof.origin.core import Core
from proxyproof.origin.head import HEAD, RequestHead
from proxyproof.origin.problem import Problem


class LoopEndpoints:
    """Create, list, show, delete and act upon loops."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[web.RouteDef]:
        """The endpoints."""
        return [
            web.post("/api/loops", self.create),
            web.get("/api/loops", self.list),
            web.get("/api/loops/{id}", self.show),
            web.delete("/api/loops/{id}", self.delete),
            web.post("/api/loops/{id}/{act}", self.act),
        ]

    async def create(self, request: web.Request) -> web.Response:
        """``POST /api/loops``."""
        head, fields = request[HEAD], await read_object(request)
        loop_id, private = fields.pop("id", None), fields.pop("private", False)
        if not isinstance(loop_id, str | None) or not isinstance(private, bool):
            raise Problem(400, "malformed-fields", "id expected as text, private as true or false")
        owner = self._core.user(head)
        try:
            loop = self._core.loops.create(
                loop_id, owner=owner, private=private, token=head.token, fields=fields
            )
        except ValueError as error:
            raise Problem(400, "malformed-fields", str(error)) from None
        except KeyError:
            raise Problem(409, "loop-exists", f"there is a loop {loop_id!r} already") from None
        return answer(loop.document(), 201)

    async def list(self, request: web.Request) -> web.Response:
        """``GET /api/loops``."""
        loops = self._core.loops.visible_to(self._core.user(request[HEAD]))
        return answer({"loops": [loop.document() for loop in loops]})

    async def show(self, request: web.Request) -> web.Response:
        """``GET /api/loops/{id}``."""
        return answer(self._find(request[HEAD]).document())

    async def delete(self, request: web.Request) -> web.Response:
        """``DELETE /api/loops/{id}``."""
        event = self._core.loops.delete(self._find(request[HEAD]).id)
        return web.Response(body=event.json, content_type="application/json")

    async def act(self, request: web.Request) -> web.Response:
        """``POST /api/loops/{id}/{act}``; answers with the event."""
        loop, act = self._find(request[HEAD]), request.match_info["act"]
        if act not in ACTS:
            raise Problem(404, "unknown-act", f"one of {', '.join(ACTS)} expected")
        try:
            event = self._core.loops.act(loop.id, act, await read_object(request))
        except ValueError as error:
            raise Problem(400, "malformed-fields", str(error)) from None
        return web.Response(body=event.json, content_type="application/json")

    def _find(self, head: RequestHead) -> Loop:
        loop_id = head.segment(3)
        loop = self._core.loops.find(loop_id, self._core.user(head))
        if loop is None:
            raise Problem(404, "unknown-loop", f"there is no loop {loop_id!r}")
        return loop
