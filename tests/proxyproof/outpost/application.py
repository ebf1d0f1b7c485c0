"""The application behind the outpost in these tests: it shows what it was sent."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web


@dataclass
class Seen:
    """A request head as the application got it."""

    version: str
    target: str
    fields: list[tuple[str, str]]

    def values(self, name: str) -> list[str]:
        """Return the values of all fields of that name."""
        return [value for key, value in self.fields if key.lower() == name.lower()]


@dataclass
class Application:
    """What happened here, and what a test may hold.

    Attributes:
        heads: request heads seen so far.
        connections: those that requests came over.
        gate: holds the second event of a stream.
        wrote: the first one has been written.
        left: a stream is over.
        undisturbed: it came to its own end.
    """

    url: str = ""
    heads: list[Seen] = field(default_factory=list)
    connections: set[object] = field(default_factory=set)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    wrote: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    undisturbed: bool = False

    @property
    def last(self) -> Seen:
        """The last request."""
        return self.heads[-1]


KEY: web.AppKey[Application] = web.AppKey("application", Application)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
    fields = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in request.raw_headers]
    request.app[KEY].connections.add(request.protocol)
    version = f"{request.version.major}.{request.version.minor}"
    request.app[KEY].heads.append(Seen(version, request.raw_path, fields))
    return await handler(request)


async def show(request: web.Request) -> web.Response:
    response = web.Response(body=await request.read() or b"hello")
    response.headers.add("Set-Cookie", "a=1")
    response.headers.add("Set-Cookie", "b=2")
    return response


async def events(request: web.Request) -> web.StreamResponse:
    known = request.app[KEY]
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    try:
        if "silent" not in request.query:
            await response.write(b"data: first\n\n")
        known.wrote.set()
        await known.gate.wait()
        await response.write(b"data: second\n\n")
        known.undisturbed = True
    finally:
        known.left.set()
    return response


async def large(request: web.Request) -> web.Response:
    return web.Response(body=b"x" * 10_000)


async def abort(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"begun")
    assert request.transport is not None
    request.transport.abort()
    return response


async def socket(request: web.Request) -> web.WebSocketResponse:
    ws = web.WebSocketResponse(protocols=("news",), autoping="manual" not in request.query)
    await ws.prepare(request)
    try:
        await converse(ws)
    finally:
        request.app[KEY].left.set()
    return ws


async def converse(ws: web.WebSocketResponse) -> None:
    async for message in ws:
        if message.type is WSMsgType.PING:
            await ws.pong(b"answered by the application")
        elif message.data == "bye":
            await ws.close(code=4401, message=b"session ended")
        elif message.type is WSMsgType.TEXT:
            await ws.send_str(message.data)
        else:
            await ws.send_bytes(message.data)


async def refuse(request: web.Request) -> web.Response:
    return web.Response(status=int(request.match_info["status"]), text="no stream here")


def build(known: Application) -> web.Application:
    app = web.Application(middlewares=[note])
    app[KEY] = known
    app.router.add_route("*", "/events", events)
    app.router.add_get("/large", large)
    app.router.add_get("/abort", abort)
    app.router.add_get("/ws", socket)
    app.router.add_get("/refuse/{status}", refuse)
    app.router.add_route("*", "/{rest:.*}", show)
    return app
