"""Mistakes in reading an event stream and in putting messages together."""

from dataclasses import replace

from proxyproof.client.decoder import EventStreamDecoder, Item
from proxyproof.client.faults.model import Fault
from proxyproof.client.transport.websocket import WebSocketChannel, WebSocketTransport


class DispatchesPartial(EventStreamDecoder):
    """Takes the end of the stream for the end of the event."""

    def end(self) -> list[Item]:
        """Complete what was never completed."""
        return self.feed(b"\n\n")


class SplitsOnChunks(EventStreamDecoder):
    """Takes what one read gave for complete: characters and lines end where it ends."""

    def feed(self, chunk: bytes) -> list[Item]:
        """Interpret the chunk as if it were the whole stream."""
        text = chunk.decode("utf-8", "replace")
        items = map(self._interpret, text.splitlines())
        return [item for item in items if item is not None]


class _LastFragmentFirst(WebSocketChannel):
    async def read(self) -> str:
        fragments = [fragment async for fragment in self.connection.recv_streaming(decode=False)]
        return b"".join(reversed(fragments)).decode("utf-8", "replace")


class ReordersFragments(WebSocketTransport):
    """Puts the fragments of a message together in the wrong order."""

    channel = _LastFragmentFirst


FAULTS = (
    Fault(
        "dispatches-partial",
        "an event that the end of the stream cut short is handed out as if it were whole",
        "SSE-09: lathe#131, graniet/llm#90",
        lambda parts: replace(parts, decoder=DispatchesPartial),
    ),
    Fault(
        "splits-on-chunks",
        "each chunk is decoded by itself, so that characters and lines break at its edges",
        "SSE-07, SSE-08: aisix#111, litellm-rs#1180, sseclient#38, eventsource-parser#17",
        lambda parts: replace(parts, decoder=SplitsOnChunks),
    ),
    Fault(
        "reorders-fragments",
        "the fragments of a message are joined last one first",
        "FRM-03: hand-written reassembly",
        lambda parts: replace(parts, websocket=ReordersFragments),
    ),
)
