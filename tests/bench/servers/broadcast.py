"""A bare broadcast server on `websockets`: what the origin is compared with."""

import asyncio
from datetime import UTC, datetime

from websockets.asyncio.server import ServerConnection, broadcast, serve

from tests.bench.servers.control import FIELDS, LOOP_ID, controlled

MESSAGE = (
    '{{"id":"be9c4a01-{sequence}","type":"loop.log","timestamp":"{timestamp}","loopId":"'
    + LOOP_ID
    + '","level":"{level}","text":"{text}"}}'
)


class Broadcast:
    """Sends the same messages as the origin does, and keeps none of them."""

    def __init__(self) -> None:
        self._connections: set[ServerConnection] = set()
        self._sequence = 0

    async def follow(self, connection: ServerConnection) -> None:
        """Let a client have every message from now on."""
        await connection.send('{"type":"connected"}')
        self._connections.add(connection)
        try:
            await connection.wait_closed()
        finally:
            self._connections.discard(connection)

    def publish(self, count: int) -> None:
        """Publish so many messages."""
        for _ in range(count):
            self._sequence += 1
            timestamp = datetime.now(UTC).isoformat(timespec="microseconds")[:-6] + "Z"
            message = MESSAGE.format(sequence=self._sequence, timestamp=timestamp, **FIELDS)
            broadcast(self._connections, message)


async def main() -> None:
    """Serve until the benchmark ends."""
    hall = Broadcast()
    serving = serve(hall.follow, "127.0.0.1", 0, compression=None, ping_interval=None, backlog=1024)
    async with serving as server:
        await controlled(hall.publish, next(iter(server.sockets)).getsockname()[1])


if __name__ == "__main__":
    asyncio.run(main())
