"""After a 101 both connections carry bytes of another protocol: they are copied, not understood."""

import asyncio

from proxyproof.outpost.transfer.channel import Channel


class Tunnel:
    """Copy bytes both ways until both directions have ended (contract 4.2)."""

    def __init__(self, client: Channel, origin: Channel, *, half_close: bool) -> None:
        self.client = client
        self.origin = origin
        self._half_close = half_close

    async def run(self) -> None:
        """Copy; an error on one side ends both, and no close frame is made up for it."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._copy(self.client, self.origin))
                group.create_task(self._copy(self.origin, self.client))
        except* OSError:
            pass  # that side broke: both are closed below
        finally:
            self.finish()

    def finish(self) -> None:
        """Close both sides after what was written."""
        self.client.close()
        self.origin.close()

    def ended(self, source: Channel, sink: Channel) -> None:
        """Pass on that `source` has ended its direction."""
        sink.end(half=self._half_close)

    async def deliver(self, data: bytes, source: Channel, sink: Channel) -> None:
        """Pass on what `source` sent."""
        await sink.write(data)

    async def _copy(self, source: Channel, sink: Channel) -> None:
        while data := await source.read():
            await self.deliver(data, source, sink)
        self.ended(source, sink)
