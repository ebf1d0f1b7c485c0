"""Small servers for the doctor: an origin behind a faulty hop; one that says what it is told."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from proxyproof.doctor import Application, Diagnosis, Part, Wishes, examined
from proxyproof.origin import Origin, Settings
from proxyproof.relay import FaultyRelay
from proxyproof.wire.handshake import accept_value
from proxyproof.wire.head import RequestHead

SHORT = 1.2  # seconds for a whole examination that watches
LONG = 10.0  # for one that ends by itself
NOTHING = Wishes()

Answer = Callable[[str, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def behind(*faults: str) -> AsyncIterator[str]:
    """The URL of an origin behind a hop with these faults."""
    settings = Settings(trusted_peers=("127.0.0.1",), drain=0.2, close_timeout=0.2, heartbeat=5.0)
    async with (
        Origin(settings) as origin,
        FaultyRelay(("127.0.0.1", origin.port), faults) as relay,
    ):
        yield f"http://127.0.0.1:{relay.port}"


@asynccontextmanager
async def saying(answer: Answer) -> AsyncIterator[str]:
    """The URL of a server that answers each head with what the test writes."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            await answer(head.decode("latin-1"), reader, writer)
        except (EOFError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks)


def always(raw: str) -> Answer:
    """The same bytes for everybody, then the end."""

    async def answer(_: str, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(raw.encode())
        await writer.drain()

    return answer


def head(status: str, *fields: str, body: str = "") -> str:
    lines = [f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join([*lines, "", body])


def upgraded(sent: bytes = b"", *fields: str, key: str = "") -> Answer:
    """A 101 for upgrades and 404 for the rest; then these bytes, then silence."""

    async def answer(
        asked: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if "sec-websocket-key" not in asked.lower():
            writer.write(head("404 Not Found").encode())
            return
        own = RequestHead.parse(asked.encode("latin-1")).get("Sec-WebSocket-Key") or ""
        accept = accept_value(key or own)
        lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Accept: {accept}", *fields, "", ""]
        writer.write("\r\n".join(lines).encode() + sent)
        while await reader.read(1024):
            pass

    return answer


async def looked_at(url: str, wishes: Wishes = NOTHING, timeout: float = SHORT) -> Diagnosis:
    return await examined(Application.of(url, wishes), url, timeout)


def told(diagnosis: Diagnosis, part: Part, check: str) -> tuple[str, str]:
    """Level and symptom of the one finding."""
    [one] = [found for found in diagnosis.of(part) if found.check == check]
    return one.level.value, one.symptom


FOREIGN_KEY = base64.b64encode(b"of somebody else").decode()
