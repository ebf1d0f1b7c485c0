"""Faults of order and content: the events are all there, but not as they were published."""

import asyncio
import json
from collections.abc import Sequence

from aiohttp import WSMessage, WSMsgType

from proxyproof.events import Event
from proxyproof.origin.faults.fault import Fault
from proxyproof.origin.parts import Parts
from proxyproof.origin.stream.codec import Block, EventStreamCodec, WebSocketCodec, blocks
from proxyproof.origin.stream.echo import EchoStream
from proxyproof.origin.stream.fanout import Fanout, Group
from proxyproof.origin.stream.frames import TEXT, frame
from proxyproof.origin.stream.websocket import Socket

WORKERS_TAKE = 0.02  # two events that are published within this time can overtake each other


def swapped(events: Sequence[Event]) -> list[Event]:
    """The events with neighbours exchanged: 2 1 4 3 5."""
    pairs = [events[index : index + 2] for index in range(0, len(events), 2)]
    return [event for pair in pairs for event in reversed(pair)]


class _Pool(Fanout):
    """Hands events to a pool of workers, so that several are under way at once."""

    def _schedule(self) -> asyncio.Handle:
        return asyncio.get_running_loop().call_later(WORKERS_TAKE, self._turn)


class _Reorders(_Pool):
    def _ordered(self, group: Group, events: Sequence[Event]) -> Sequence[Event]:
        del group
        return swapped(events)


class _OrderDiffersPerClient(_Pool):
    def _deliver(self, group: Group, block: Block) -> None:
        for stream in group.streams:
            events = swapped(block.events) if stream.number % 2 else block.events
            for own in blocks(group.codec, events):
                stream.deliver(own)


class _DifferentJson(EventStreamCodec):
    def event(self, event: Event) -> bytes:
        return b"id: %b\ndata: %b\n\n" % (
            str(event.id).encode(),
            json.dumps(event.document()).encode(),
        )


def _cut(event: Event) -> bytes:
    return event.json[:4096].decode(errors="ignore").encode()


class _TruncatesWebSocket(WebSocketCodec):
    def event(self, event: Event) -> bytes:
        return frame(TEXT, _cut(event))


class _TruncatesEventStream(EventStreamCodec):
    def event(self, event: Event) -> bytes:
        return b"id: %b\ndata: %b\n\n" % (str(event.id).encode(), _cut(event))


class _TruncatesEcho(EchoStream):
    async def receive(self, socket: Socket, message: WSMessage) -> None:
        await super().receive(socket, WSMessage(message.type, message.data[:4096], message.extra))


class _AltersOpcode(EchoStream):
    async def receive(self, socket: Socket, message: WSMessage) -> None:
        if message.type is WSMsgType.TEXT:
            await socket.send_bytes(message.data.encode())
        else:
            await socket.send_str(message.data.decode(errors="replace"))


def _reorders(parts: Parts) -> None:
    parts.fanout = _Reorders


def _order_differs(parts: Parts) -> None:
    parts.fanout = _OrderDiffersPerClient


def _different_json(parts: Parts) -> None:
    parts.event_stream_codec = _DifferentJson


def _truncates(parts: Parts) -> None:
    parts.websocket_codec = _TruncatesWebSocket
    parts.event_stream_codec = _TruncatesEventStream
    parts.echo_stream = _TruncatesEcho


def _alters_opcode(parts: Parts) -> None:
    parts.echo_stream = _AltersOpcode


FAULTS = (
    Fault(
        "reorders",
        "events that are published close together overtake each other",
        "a thread pool or several queue consumers between publisher and socket",
        _reorders,
    ),
    Fault(
        "order-differs-per-client",
        "every other client sees neighbouring events exchanged",
        "one sender task per client, each with its own queue",
        _order_differs,
    ),
    Fault(
        "different-json",
        "the JSON of an event stream is spaced, that of a WebSocket is not",
        "two serialisers for one event; signatures and hashes differ",
        _different_json,
    ),
    Fault(
        "truncates-4k",
        "events and messages end after 4096 bytes",
        "a fixed buffer in the server: FRM-01",
        _truncates,
    ),
    Fault(
        "alters-opcode",
        "text messages come back as binary ones and the other way round",
        "a relay that keeps bytes but not the opcode: FRM-05",
        _alters_opcode,
    ),
)
