"""What a person may do to see whether streams come back: cut theirs, switch a transport."""

from collections.abc import Callable

from aiohttp import web

from proxyproof.origin.api.admission import check_page
from proxyproof.origin.api.service import answer, read_object
from proxyproof.origin.core import Core
from proxyproof.origin.head import HEAD, RequestHead
from proxyproof.origin.problem import Problem
from proxyproof.origin.settings import TransportName


class DrillEndpoints:
    """The drill, in the hands of whoever may use the application; no other page may ask for it."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[web.RouteDef]:
        """The endpoints."""
        return [
            web.get("/api/drill", self.facts),
            web.post("/api/drill/cut", self.cut),
            web.post("/api/drill/withdraw", self.withdraw),
            web.post("/api/drill/restore", self.restore),
        ]

    async def facts(self, request: web.Request) -> web.Response:
        """``GET /api/drill``: whether there is one."""
        del request
        return answer({"drills": self._core.settings.drills})

    async def cut(self, request: web.Request) -> web.Response:
        """``POST /api/drill/cut``: abort the connections of the streams of a case."""
        head = self._admitted(request)
        if not head.token:
            raise Problem(400, "no-case", "whose streams? the query parameter case names them")
        user = self._core.user(head)
        streams = [one for one in self._core.streams.of(head.token) if one.user == user]
        for stream in streams:
            stream.abort()
        return answer({"cut": len(streams)})

    async def withdraw(self, request: web.Request) -> web.Response:
        """``POST /api/drill/withdraw``: offer a transport no more."""
        return await self._switch(request, self._core.transports.withdraw)

    async def restore(self, request: web.Request) -> web.Response:
        """``POST /api/drill/restore``: offer it again."""
        return await self._switch(request, self._core.transports.restore)

    async def _switch(
        self, request: web.Request, act: Callable[[TransportName], None]
    ) -> web.Response:
        self._admitted(request)
        name = (await read_object(request)).get("transport")
        try:
            act(name)  # type: ignore[arg-type]  # any other name is refused there
        except (TypeError, ValueError) as error:
            raise Problem(400, "malformed-fields", str(error)) from None
        return answer({})

    def _admitted(self, request: web.Request) -> RequestHead:
        head = request[HEAD]
        if not self._core.settings.drills:
            raise Problem(403, "no-drills", "this origin was started with --no-drills")
        check_page(self._core, head)
        return head
