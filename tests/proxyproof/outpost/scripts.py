"""Scripts for origins that do on each connection just what a test says."""

import asyncio
from collections.abc import Awaitable, Callable

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Scripted = Callable[[Script], Awaitable[str]]
SWITCH = b"HTTP/1.1 101 Changing\r\nupgrade: websocket\r\nCONNECTION: upgrade\r\nX-Extra: kept\r\n"


async def answering(
    reader: asyncio.StreamReader, answer: bytes, writer: asyncio.StreamWriter
) -> bytes:
    """Read a request head and send an answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    writer.write(answer)
    await writer.drain()
    return head


def saying(answer: bytes) -> Script:
    """Return a script that answers one request and waits for the end."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(reader, answer, writer)
        await reader.read()

    return script
