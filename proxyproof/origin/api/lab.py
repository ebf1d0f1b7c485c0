"""The laboratory's page for real browsers: a document without any script, and a service worker.

What a browser makes of streams is seen from a page; this one does nothing by itself. The worker
stands between its page and the network, as those of installable applications do, and passes every
request on as it came: the least that a worker with a fetch handler can do.
"""

from aiohttp import web

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<link rel="icon" href="data:,">
<title>laboratory</title>
<p>This page is for a test that drives a browser.</p>
</html>
"""

_WORKER = """self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => event.respondWith(fetch(event.request)));
"""


class LabEndpoints:
    """What a browser under test opens; diagnostic, like the echo."""

    def routes(self) -> list[web.RouteDef]:
        """The endpoints."""
        return [
            web.get("/api/lab/page", self.page),
            web.get("/api/lab/worker.js", self.worker),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """``GET /api/lab/page``."""
        del request
        return _document(_PAGE, "text/html")

    async def worker(self, request: web.Request) -> web.Response:
        """``GET /api/lab/worker.js``; it rules the pages below ``/api/lab/``."""
        del request
        return _document(_WORKER, "text/javascript")


def _document(text: str, content_type: str) -> web.Response:
    fields = {"Cache-Control": "no-store"}
    return web.Response(text=text, content_type=content_type, charset="utf-8", headers=fields)
