"""A small application with both streams, on a loopback port, that does as a test tells it."""

import asyncio
import json
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from aiohttp import WSCloseCode, web

from proxyproof.client import EventStream, Policy, StreamEvent, TransportName, Wanted

# Small enough to be quick, and nothing in it is decided by a race.
QUICK = Policy(
    backoff_base=0.002,
    backoff_cap=0.01,
    stable_seconds=60.0,
    watchdog_seconds=10.0,
    open_timeout=5.0,
    close_timeout=0.5,
    at_once_seconds=0.0,
    return_seconds=60.0,
)
DEADLINE = 8.0

Behaviour = Callable[["Stage", web.Request], Awaitable[web.StreamResponse]]


@dataclass(eq=False)
class Stream:
    """One open stream, as the server has it."""

    transport: TransportName
    request: web.Request
    response: web.StreamResponse
    commands: asyncio.Queue[Callable[[], Awaitable[bool]]] = field(default_factory=asyncio.Queue)

    async def send(self, text: str, event_id: str = "") -> bool:
        if isinstance(self.response, web.WebSocketResponse):
            await self.response.send_str(text)
        else:
            await self.response.write(f"id: {event_id}\ndata: {text}\n\n".encode())
        return True

    async def write(self, data: bytes) -> bool:
        await self.response.write(data)
        return True

    async def end(self, code: int = WSCloseCode.GOING_AWAY, reason: str = "") -> bool:
        if isinstance(self.response, web.WebSocketResponse):
            await self.response.close(code=code, message=reason.encode())
        return False

    async def abort(self) -> bool:
        if self.request.transport is not None:
            self.request.transport.abort()
        return False

    def tell(self, command: Callable[[], Awaitable[bool]]) -> None:
        self.commands.put_nowait(command)

    async def run(self) -> None:
        while await (await self.commands.get())():
            pass


class Stage:
    """Publishes events `e-1`, `e-2`, ... and notes who asked for what.

    `script[transport]` holds behaviours for the next requests; when it is empty the request is
    served well, unless `always[transport]` says otherwise.
    """

    def __init__(self) -> None:
        self.log: list[str] = []
        self.requests: list[tuple[TransportName, web.Request]] = []
        self.streams: list[Stream] = []
        self.script: dict[TransportName, deque[Behaviour]] = {
            "websocket": deque(),
            "sse": deque(),
        }
        self.always: dict[TransportName, Behaviour] = {}
        self.most_open = 0
        self.changed = asyncio.Condition()
        self.url = ""

    def publish(self, count: int = 1, padding: int = 0) -> None:
        for _ in range(count):
            number = len(self.log) + 1
            event = {"id": f"e-{number}", "type": "loop.log", "padding": "x" * padding}
            self.log.append(json.dumps(event))
            for stream in self.streams:
                self._pass_on(stream, number)

    def _pass_on(self, stream: Stream, number: int) -> None:
        text = self.log[number - 1]
        stream.tell(lambda: stream.send(text, f"e-{number}"))

    async def opened(self, count: int = 1) -> Stream:
        """Wait for the `count`-th request in all to be an open stream; return the newest."""
        async with asyncio.timeout(DEADLINE), self.changed:
            await self.changed.wait_for(lambda: len(self.requests) >= count and self.streams)
            return self.streams[-1]

    async def holds(self, count: int) -> None:
        """Wait until so many streams are open."""
        async with asyncio.timeout(DEADLINE), self.changed:
            await self.changed.wait_for(lambda: len(self.streams) == count)

    def asked(self) -> list[tuple[TransportName, str | None]]:
        """Transport and id to resume after, of each request."""
        return [(transport, resume_id(request)) for transport, request in self.requests]

    async def websocket(self, request: web.Request) -> web.StreamResponse:
        return await self._answer("websocket", request)

    async def sse(self, request: web.Request) -> web.StreamResponse:
        return await self._answer("sse", request)

    async def _answer(self, transport: TransportName, request: web.Request) -> web.StreamResponse:
        self.requests.append((transport, request))
        script = self.script[transport]
        good = serve_websocket if transport == "websocket" else serve_event_stream
        behaviour = script.popleft() if script else self.always.get(transport, good)
        return await behaviour(self, request)

    async def serve(self, stream: Stream) -> web.StreamResponse:
        resume = resume_id(stream.request)
        if resume:
            for number in range(int(resume.partition("-")[2]), len(self.log)):
                self._pass_on(stream, number + 1)
        self.streams.append(stream)
        self.most_open = max(self.most_open, len(self.streams))
        await self._tell()
        try:
            await stream.run()
        except ConnectionError:
            pass
        finally:
            self.streams.remove(stream)
            await self._tell()
        return stream.response

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()


def resume_id(request: web.Request) -> str | None:
    return request.query.get("lastEventId") or request.headers.get("Last-Event-ID")


async def serve_websocket(stage: Stage, request: web.Request) -> web.StreamResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_json({"type": "connected", "loopId": None, "resumed": False})
    stream = Stream("websocket", request, socket)
    served = asyncio.create_task(stage.serve(stream))
    async for _ in socket:
        pass
    served.cancel()
    await asyncio.wait([served])
    return socket


async def serve_event_stream(
    stage: Stage, request: web.Request, head: bytes = b":\n\n"
) -> web.StreamResponse:
    response = await event_stream(request)
    await response.write(head)
    return await stage.serve(Stream("sse", request, response))


async def event_stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    return response


def refuse(status: int, body: str = "", **fields: str) -> Behaviour:
    async def behaviour(_: Stage, __: web.Request) -> web.StreamResponse:
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        return web.Response(status=status, body=body.encode(), headers=headers)

    return behaviour


def accept_and_close(code: int, reason: str = "", *messages: str) -> Behaviour:
    async def behaviour(_: Stage, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for message in messages:
            await socket.send_str(message)
        await socket.close(code=code, message=reason.encode())
        return socket

    return behaviour


def write(*chunks: bytes, then: str = "end") -> Behaviour:
    """An event stream of these bytes, which then ends, is aborted or holds."""

    async def behaviour(_: Stage, request: web.Request) -> web.StreamResponse:
        response = await event_stream(request)
        for chunk in chunks:
            await response.write(chunk)
        if then == "abort" and request.transport is not None:
            # Not abort(): what was written is still to arrive.
            request.transport.close()
        if then == "hold":
            await asyncio.Event().wait()
        return response

    return behaviour


async def never_answer(_: Stage, __: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


@asynccontextmanager
async def staged(tls: ssl.SSLContext | None = None) -> AsyncIterator[Stage]:
    stage = Stage()
    application = web.Application()
    application.router.add_get("/api/ws", stage.websocket)
    application.router.add_get("/api/events", stage.sse)
    application.router.add_get("/api/loops/{loop}/events", stage.sse)
    runner = web.AppRunner(application, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    port = runner.addresses[0][1]
    stage.url = f"{'https' if tls else 'http'}://localhost:{port}"
    try:
        yield stage
    finally:
        await runner.cleanup()


def stream_of(stage: Stage, transport: Wanted = "auto", **changes: object) -> EventStream:
    policy = replace(QUICK, **changes)  # type: ignore[arg-type] # the test names the settings
    return EventStream(stage.url, transport, policy=policy)


async def take(stream: EventStream, count: int) -> list[StreamEvent]:
    async with asyncio.timeout(DEADLINE):
        return [await anext(stream) for _ in range(count)]


async def ids(stream: EventStream, count: int) -> list[str]:
    return [event.id for event in await take(stream, count)]


async def ended(stream: EventStream) -> list[StreamEvent]:
    """Everything until the stream ends by itself."""
    async with asyncio.timeout(DEADLINE):
        return [event async for event in stream]


def numbers(first: int, last: int) -> list[str]:
    return [f"e-{number}" for number in range(first, last + 1)]


def statuses(stream: EventStream) -> list[str]:
    return [f"{change.status} {change.transport}" for change in stream.history]


def dial(stage: Stage) -> tuple[str, int]:
    return "127.0.0.1", int(stage.url.rpartition(":")[2])
