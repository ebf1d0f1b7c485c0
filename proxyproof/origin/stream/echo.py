"""The laboratory's echo: each message comes back with its opcode, compressed if that was agreed."""

from aiohttp import WSMessage, WSMsgType

from proxyproof.origin.stream.websocket import Socket, WebSocketStream


class EchoStream(WebSocketStream):
    """A WebSocket that carries no events."""

    name = "echo"

    def beat(self) -> None:
        """Nothing: a case that looks at control frames wants to see its own."""

    async def receive(self, socket: Socket, message: WSMessage) -> None:
        """Send a message back; aiohttp compresses it if permessage-deflate was negotiated."""
        if message.type is WSMsgType.TEXT:
            await socket.send_str(message.data)
        else:
            await socket.send_bytes(message.data)
