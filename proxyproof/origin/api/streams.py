"""The stream endpoints: a WebSocket, event streams, and the laboratory's echo."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import SO_SNDBUF, SOL_SOCKET

from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter

from proxyproof.events import Selection, compact_json
from proxyproof.origin.api.admission import (
    admit_event_stream,
    admit_websocket,
    check_page,
    scripted,
)
from proxyproof.origin.core import Core
from proxyproof.origin.gate.lease import SESSION_ENDED, Lease, credentials
from proxyproof.origin.head import HEAD
from proxyproof.origin.stream.codec import Block
from proxyproof.origin.stream.frames import TEXT, frame
from proxyproof.origin.stream.outbox import Outbox
from proxyproof.origin.stream.replay import Start
from proxyproof.origin.stream.sse import EventStreamResponse, farewell_fields, preamble
from proxyproof.origin.stream.stream import TOO_SLOW, Seat, Stream
from proxyproof.origin.stream.websocket import Socket


class StreamEndpoints:
    """Opens streams, and stays with each until it is over."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[web.RouteDef]:
        """The endpoints. POST streams like GET, for pages that stream by fetch."""
        return [
            web.get("/api/ws", self.websocket, allow_head=False),
            web.get("/api/echo", self.echo, allow_head=False),
            web.get("/api/events", self.events, allow_head=False),
            web.post("/api/events", self.events),
            web.get("/api/loops/{id}/events", self.loop_events, allow_head=False),
            web.post("/api/loops/{id}/events", self.loop_events),
        ]

    async def websocket(self, request: web.Request) -> web.StreamResponse:
        """``WS /api/ws``."""
        core = self._core
        is_full = len(core.streams) >= core.settings.max_clients
        seat = await admit_websocket(core, request[HEAD])
        socket = self._socket(seat, core.settings.max_message)
        writer = await socket.prepare(request)
        stream = core.parts.websocket_stream(
            core.streams.number(),
            seat,
            core.websocket_codec,
            self._outbox(request, seat, writer),
            _transport(request),
            core.settings,
        )
        socket.on_failure = stream.fail
        stream.on_message = lambda message: core.commands.hear(stream, message)
        async with self._opened(stream):
            start = core.replay.begin(seat.last_id)
            await writer.write(self._greeting(seat, start))
            if is_full:
                stream.close(TOO_SLOW, "too many clients")
            await self._begin(stream, start)
            await stream.listen(socket)
        return socket

    async def events(self, request: web.Request) -> web.StreamResponse:
        """``GET /api/events``."""
        return await self._event_stream(request, None)

    async def loop_events(self, request: web.Request) -> web.StreamResponse:
        """``GET /api/loops/{id}/events``."""
        return await self._event_stream(request, request[HEAD].segment(3))

    async def echo(self, request: web.Request) -> web.StreamResponse:
        """``WS /api/echo``, a diagnostic."""
        core, head = self._core, request[HEAD]
        script = await scripted(core, head, "websocket")
        core.parts.check_handshake(head)
        check_page(core, head)
        seat = Seat(head, script, Selection(None, core.user(head)))
        socket = self._socket(seat, core.settings.max_echo)
        writer = await socket.prepare(request)
        stream = core.parts.echo_stream(
            core.streams.number(),
            seat,
            core.websocket_codec,
            self._outbox(request, seat, writer),
            _transport(request),
            core.settings,
        )
        socket.on_failure = stream.fail
        async with self._opened(stream):
            await writer.write(_scripted_greeting(seat))
            await stream.listen(socket)
        return socket

    async def _event_stream(self, request: web.Request, loop_id: str | None) -> web.StreamResponse:
        core = self._core
        # A proxy may break a stream off whose head comes while it still brings the body of a POST.
        await request.read()
        seat = await admit_event_stream(core, request[HEAD], loop_id)
        response = self._event_stream_head(seat)
        writer = await _prepared(response, request)
        is_chunked = request.version >= HttpVersion11
        codec = core.event_stream_codec if is_chunked else core.event_stream_codec_1_0
        stream = core.parts.event_stream(
            core.streams.number(),
            seat,
            codec,
            self._outbox(request, seat, writer),
            _transport(request),
            core.settings,
        )
        async with self._opened(stream):
            retry = seat.script.retry or core.settings.retry
            start = core.replay.begin(seat.last_id)
            first = preamble(codec, retry, start.cursor)
            await stream.open(writer, b"" if seat.script.silent else first)
            await self._begin(stream, start)
            await stream.outbox.finished.wait()
        return response

    def _socket(self, seat: Seat, max_message: int) -> Socket:
        socket = self._core.parts.socket(
            autoclose=False,
            autoping=False,
            max_msg_size=max_message,
            protocols=seat.script.subprotocols,
        )
        for name, value in self._core.parts.fields(seat.script.fields):
            socket.headers.add(name, value)
        return socket

    def _event_stream_head(self, seat: Seat) -> web.StreamResponse:
        core, script = self._core, seat.script
        # While WebSockets are withdrawn, event streams are not the old transport but the only one.
        is_old = core.transports.is_open("websocket")
        deprecated = core.settings.deprecated if is_old else None
        response = EventStreamResponse()
        own = core.parts.stream_fields(
            script.content_type, hint=script.hint, no_transform=script.no_transform
        )
        for name, value in (
            *own,
            *farewell_fields(deprecated, core.settings.sunset),
            *core.parts.fields(script.fields),
        ):
            response.headers.add(name, value)
        return response

    def _outbox(self, request: web.Request, seat: Seat, writer: AbstractStreamWriter) -> Outbox:
        transport, bound = _transport(request), seat.script.queue_bytes
        if bound is None:
            bound = self._core.settings.queue_bytes
        else:
            transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_SNDBUF, bound)
        return self._core.parts.outbox(transport, request.protocol, writer.drain, bound)

    def _greeting(self, seat: Seat, start: Start) -> bytes:
        if seat.script.silent:
            return b""
        connected = {
            "type": "connected",
            "loopId": next(iter(seat.selection.loops or ()), None),
            "resumed": seat.last_id is not None and start.gap is None,
            "lastEventId": start.cursor,
            "heartbeat": seat.script.heartbeat or self._core.settings.heartbeat,
        }
        return frame(TEXT, compact_json(connected)) + _scripted_greeting(seat)

    async def _begin(self, stream: Stream, start: Start) -> None:
        """Close as the case asked, or let events flow."""
        script = stream.seat.script
        concerned = script.concerns("sse" if stream.name == "sse" else "websocket")
        if script.close_at_once is not None and concerned:
            stream.close(script.close_at_once, script.detail)
        elif not script.silent:
            stream.start_heart()
            await self._core.replay.run(stream, start)

    @asynccontextmanager
    async def _opened(self, stream: Stream) -> AsyncIterator[None]:
        """The life of a stream: in the registry, under its lease, and out again."""
        core = self._core
        stream.on_end = core.fanout.leave
        stream.before_close = core.fanout.flush
        stream.outbox.on_late = lambda block: self._note(stream, block)
        core.streams.opened(stream)
        asks = core.lease_of(stream.seat.script)
        lease = asyncio.create_task(self._watch(stream, asks)) if asks else None
        try:
            yield
        finally:
            if lease is not None:
                lease.cancel()
            stream.release()
            core.fanout.leave(stream)
            core.streams.closed(stream)

    async def _watch(self, stream: Stream, lease: Lease) -> None:
        head = stream.seat.head
        identity = credentials(head, trusted=self._core.trusts(head))
        reason = await lease.watch(identity, self._core.url(head))
        stream.close(SESSION_ENDED, reason)

    def _note(self, stream: Stream, block: Block) -> None:
        if block.events:
            self._core.ledger.of(stream.token).add_sent((stream.number,), block.events)


async def _prepared(response: web.StreamResponse, request: web.Request) -> AbstractStreamWriter:
    writer = await response.prepare(request)
    if writer is None:
        raise ConnectionResetError("the client is gone")
    return writer


def _scripted_greeting(seat: Seat) -> bytes:
    return b"".join(frame(TEXT, text.encode()) for text in seat.script.greeting)


def _transport(request: web.Request) -> asyncio.Transport:
    transport = request.transport
    if not isinstance(transport, asyncio.Transport):
        raise ConnectionResetError("the client is gone")
    return transport
