"""The aiohttp application: routes, the head of each request, refusals in one form."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from proxyproof.origin.api.drill import DrillEndpoints
from proxyproof.origin.api.lab import LabEndpoints
from proxyproof.origin.api.loops import LoopEndpoints
from proxyproof.origin.api.page import PageEndpoint
from proxyproof.origin.api.service import ServiceEndpoints
from proxyproof.origin.api.static import StaticEndpoints
from proxyproof.origin.api.streams import StreamEndpoints
from proxyproof.origin.control.endpoints import ControlEndpoints
from proxyproof.origin.core import Core
from proxyproof.origin.head import HEAD, read_head
from proxyproof.origin.problem import Problem, phrase
from proxyproof.origin.stream.sse import EventStreamResponse

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(core: Core, busy: set[object]) -> web.Application:
    """The application.

    Args:
        core: Components of the origin.
        busy: Holds the connections that are at work on a request.
    """

    @web.middleware
    async def noted(request: web.Request, handler: Handler) -> web.StreamResponse:
        head = read_head(request)
        request[HEAD] = head
        core.ledger.read(head)
        busy.add(request.protocol)
        try:
            return await handler(request)
        except Problem as problem:
            return core.parts.refusal(problem)
        except web.HTTPException as refusal:
            return core.parts.refusal(_as_problem(refusal))
        except ConnectionResetError:
            # The client has gone: no failure of ours, and nobody is left to be answered.
            raise asyncio.CancelledError from None
        finally:
            busy.discard(request.protocol)

    app = web.Application(middlewares=[noted], client_max_size=core.settings.max_body)
    routes = [
        *StreamEndpoints(core).routes(),
        *ServiceEndpoints(core).routes(),
        *LoopEndpoints(core).routes(),
        *StaticEndpoints(page_faults=core.settings.page_faults).routes(),
        *PageEndpoint().routes(),
        *DrillEndpoints(core).routes(),
        *LabEndpoints().routes(),
    ]
    if core.settings.control_token is not None:
        routes += ControlEndpoints(core, core.settings.control_token).routes()
    app.add_routes(core.parts.routes(routes))
    app.on_response_prepare.append(_clean_head)
    app.on_response_prepare.append(_noted_by(core))
    return app


def _noted_by(core: Core) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """Keep every response head, last of all, so that it is kept as it leaves."""

    async def note(request: web.Request, response: web.StreamResponse) -> None:
        head = request.get(HEAD)
        if head is not None:
            fields = tuple((str(name), str(value)) for name, value in response.headers.items())
            core.ledger.answered(head, response.status, fields)

    return note


def _as_problem(refusal: web.HTTPException) -> Problem:
    fields = [("Allow", refusal.headers["Allow"])] if "Allow" in refusal.headers else []
    reason = refusal.reason.lower().replace(" ", "-")
    return Problem(refusal.status, reason, phrase(refusal.status), fields)


async def _clean_head(request: web.Request, response: web.StreamResponse) -> None:
    """Take out what aiohttp adds to every response and these two must not have."""
    del request
    if response.status == 101:
        response.headers.popall("Content-Type", None)
    if isinstance(response, EventStreamResponse):
        response.headers.popall("Connection", None)
