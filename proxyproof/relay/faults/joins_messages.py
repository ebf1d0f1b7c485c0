"""Messages that come together leave as one."""

from dataclasses import replace

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.frames import FINAL, TEXT, Frame, FrameReader
from proxyproof.outpost.transfer.tunnel import Tunnel
from proxyproof.relay.fault import fault
from proxyproof.relay.parts import Parts

WHOLE = FINAL | TEXT  # one text message in one frame, not compressed


class JoinsMessages(Tunnel):
    """Understands a WebSocket as a stream of bytes: what it reads at once it writes at once."""

    def __init__(self, client: Channel, origin: Channel, *, half_close: bool) -> None:
        super().__init__(client, origin, half_close=half_close)
        self._readers = {id(client): FrameReader(), id(origin): FrameReader()}

    async def deliver(self, data: bytes, source: Channel, sink: Channel) -> None:
        """Join neighbours."""
        joined: list[Frame] = []
        for frame in self._readers[id(source)].feed(data):
            if joined and frame.first == joined[-1].first == WHOLE:
                joined[-1] = replace(frame, payload=joined[-1].payload + frame.payload)
            else:
                joined.append(frame)
        if joined:
            await sink.write(b"".join(frame.as_bytes() for frame in joined))


@fault(
    "joins-messages",
    "a bridge over a byte stream keeps the text and forgets where a message ended",
    "FRM-03: re-assembling relays, bridges of WebSocket to TCP",
)
def joins_messages(parts: Parts) -> None:
    """Join messages."""
    parts.exchange(tunnel=JoinsMessages)
