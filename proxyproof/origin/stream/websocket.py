"""WebSocket streams: aiohttp answers the handshake and parses, everything sent is written here."""

import asyncio
from collections.abc import Callable

from aiohttp import WSMessage, WSMsgType, web
from aiohttp.http_websocket import WebSocketWriter
from aiohttp.web_request import BaseRequest

from proxyproof.origin.stream.codec import Block
from proxyproof.origin.stream.frames import PING, PONG, close_frame, frame
from proxyproof.origin.stream.masks import MaskGuard
from proxyproof.origin.stream.stream import Ending, Stream

NO_CODE = 1005


class Socket(web.WebSocketResponse):
    """aiohttp's side of a WebSocket; it sends pings, pongs and close frames for nobody."""

    # The head waits for the first bytes of the stream, so that both leave in one segment.
    _send_headers_immediately = False

    guard: type[MaskGuard] = MaskGuard
    on_failure: Callable[[int], None] = staticmethod(lambda _: None)

    def _post_start(
        self, request: BaseRequest, protocol: str | None, writer: WebSocketWriter
    ) -> None:
        connection = request.protocol
        early, connection._message_tail = connection._message_tail, b""
        super()._post_start(request, protocol, writer)
        assert self._parser is not None
        assert self._reader is not None
        guard = self.guard(self._parser, self._reader)
        connection._payload_parser = guard
        guard.feed_data(early)

    async def close(self, *, code: int = 1000, message: bytes = b"", drain: bool = True) -> bool:
        """What aiohttp calls when a client breaks the protocol, or is gone (code 1000)."""
        del message, drain
        self.on_failure(int(code))
        return True

    async def write_eof(self, data: bytes = b"") -> None:
        """The close frame was written by the stream: nothing is left to write."""
        del data


class WebSocketStream(Stream):
    """One open WebSocket."""

    name = "websocket"
    on_message: Callable[[WSMessage], None] = staticmethod(lambda _: None)
    _asked_at: float | None = None  # when the ping left that nothing was heard since

    def farewell(self, ending: Ending) -> bytes:
        """The close frame."""
        return close_frame(ending.code, ending.reason)

    def beat(self) -> None:
        """Ping; a client that has answered nothing since, and had its time, is gone."""
        if self.outbox.is_waiting:  # the ping would only queue up behind what is not taken
            return
        now = asyncio.get_running_loop().time()
        if self._asked_at is None:
            self._asked_at = now
        elif now - self._asked_at >= self.settings.pong:
            self.lose("no answer to a ping")
            return
        self.put(Block(frame(PING, b"")))

    def pong(self, payload: bytes) -> None:
        """Answer a ping with its own payload (RFC 6455 section 5.5.3)."""
        self.put(Block(frame(PONG, payload)))

    def fail(self, code: int) -> None:
        """End a stream whose client broke the protocol, or note that the client is gone."""
        if code == 1000:
            self._over(Ending(1006, "", "loss"))
        else:
            self.end(Ending(code, "", "origin"), drop=True)

    async def listen(self, socket: Socket) -> None:
        """Read until the connection ends in good order, fails or is lost."""
        while True:
            message = await socket.receive()
            self._asked_at = None
            if message.type is WSMsgType.CLOSE:
                self._answer_close(message)
                return
            if message.type is WSMsgType.ERROR:
                await self._linger()
                return
            if message.type in (WSMsgType.CLOSED, WSMsgType.CLOSING):
                return
            await self._hear(socket, message)

    async def receive(self, socket: Socket, message: WSMessage) -> None:
        """Take a text or binary message."""
        del socket
        self.on_message(message)

    async def _hear(self, socket: Socket, message: WSMessage) -> None:
        if self.seat.script.deaf or message.type is WSMsgType.PONG:
            return
        if message.type is WSMsgType.PING:
            self.pong(bytes(message.data))
        elif self.ending is None:
            await self.receive(socket, message)

    def _answer_close(self, message: WSMessage) -> None:
        # The answer echoes the code (RFC 6455 section 5.5.1), unless a close frame went out before.
        code = int(message.data) or NO_CODE
        self.end(Ending(code, str(message.extra or ""), "client"), drop=True)

    async def _linger(self) -> None:
        """Let the client read the close frame: data that nobody reads would turn it into a reset.

        The connection ends when the client closes it, or with the close timeout.
        """
        if self.transport.can_write_eof():
            self.transport.write_eof()
        await asyncio.sleep(self.settings.close_timeout)
