"""The same control connection for every server that is measured: publish, and tell the costs."""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable

from proxyproof.holdings import resident

FILLER = "Applied the patch to 3 files, ran the tests again; 214 passed in 3.2 s. Next: " * 2
LOOP_ID = "f3b2c1d0"
FIELDS = {"level": "info", "text": FILLER[:128]}  # with these an event has about 250 bytes


async def controlled(publish: Callable[[int], None], port: int) -> None:
    """Print the ports on one line, then obey until standard input ends.

    Args:
        publish: publishes so many events in one turn of the event loop.
        port: where the clients connect.
    """
    server = await asyncio.start_server(Control(publish).obey, "127.0.0.1", 0)
    ended = asyncio.Event()
    # A pipe from the benchmark: it ends when the benchmark does, in whatever way that happens.
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), ended.set)
    print(json.dumps({"port": port, "control": server.sockets[0].getsockname()[1]}), flush=True)
    await ended.wait()
    os._exit(0)


class Control:
    """Understands `publish N` and `costs`, a line each."""

    def __init__(self, publish: Callable[[int], None]) -> None:
        self._publish = publish

    async def obey(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Obey until the connection ends."""
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                self._do(line.split(), writer)

    def _do(self, words: list[bytes], writer: asyncio.StreamWriter) -> None:
        if words[0] == b"publish":
            self._publish(int(words[1]))
        else:
            writer.write(json.dumps(costs()).encode() + b"\n")


def costs() -> dict[str, float]:
    """CPU seconds of this process so far, and the bytes it holds in memory."""
    return {"cpu": time.process_time(), "memory": resident()}
