"""``/``: the page on which a person sees whether their stream lives."""

from pathlib import PurePosixPath

from aiohttp import web

from proxyproof.origin.api.static import answer_with, good_file
from proxyproof.origin.head import HEAD
from proxyproof.origin.problem import Problem

_DOCUMENT = PurePosixPath("page/index.html")


class PageEndpoint:
    """Gives the page to browsers. Other clients that ask for ``/`` find nothing, as ever."""

    def routes(self) -> list[web.RouteDef]:
        """The endpoint."""
        return [web.get("/", self.page)]

    async def page(self, request: web.Request) -> web.Response:
        """``GET /``."""
        accepted = ",".join(request[HEAD].all("Accept"))
        if "text/html" not in accepted.lower():
            detail = "the page is for those who accept text/html; the interface is below /api/"
            raise Problem(404, "no-page", detail, [("Vary", "Accept")])
        response = answer_with(good_file(_DOCUMENT), request)
        response.headers["Vary"] = "Accept"
        return response
