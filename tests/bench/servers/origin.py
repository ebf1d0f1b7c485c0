"""The reference origin as anybody runs it, with the control connection of the benchmark beside it.

Its settings are the usual ones, but for heartbeats: they are switched off in every server here.
"""

import asyncio

from proxyproof.origin import Origin, Settings
from tests.bench.servers.control import FIELDS, LOOP_ID, controlled

NEVER = 3600.0


async def main() -> None:
    """Serve until the benchmark ends."""
    async with Origin(Settings(heartbeat=NEVER)) as origin:

        def publish(count: int) -> None:
            for _ in range(count):
                origin.emitter.publish("loop.log", LOOP_ID, FIELDS)

        await controlled(publish, origin.port)


if __name__ == "__main__":
    asyncio.run(main())
