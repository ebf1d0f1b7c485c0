"""Event streams: the old transport, kept for rollback."""

from datetime import datetime
from email.utils import format_datetime

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from proxyproof.origin.stream.codec import Block, EventStreamCodec
from proxyproof.origin.stream.stream import Ending, Stream

SUCCESSOR = '</api/ws>; rel="successor-version"'


class EventStreamResponse(web.StreamResponse):
    """The head of an event stream."""

    # It waits for the first bytes of the stream, so that both leave in one segment.
    _send_headers_immediately = False


class EventStream(Stream):
    """One open event stream."""

    name = "sse"

    async def open(self, writer: AbstractStreamWriter, first: bytes) -> None:
        """Send the head together with the first bytes."""
        await writer.write(first)

    def farewell(self, ending: Ending) -> bytes:
        """A last event that says why, and from where to go on."""
        document: dict[str, object] = {"type": "closed", "code": ending.code}
        document |= {"reason": ending.reason, "resumeFrom": self.resume_from}
        return self.codec.wrap(self.codec.message(document))

    def beat(self) -> None:
        """A comment."""
        if isinstance(self.codec, EventStreamCodec) and not self.outbox.is_waiting:
            self.put(Block(self.codec.wrap(self.codec.comment("heartbeat"))))


def preamble(codec: EventStreamCodec, retry: int, position: str) -> bytes:
    """The first bytes of an event stream, unwrapped: a comment, the retry time, the position.

    An `id` without data dispatches nothing and is remembered all the same (WHATWG HTML 9.2.6).
    """
    return codec.comment("connected") + f"retry: {retry}\nid: {position}\n\n".encode()


def stream_fields(
    content_type: str, *, hint: bool, no_transform: bool = True
) -> list[tuple[str, str]]:
    """Fields of every event stream; ``hint`` asks nginx not to buffer.

    ``no_transform`` forbids intermediaries to compress or edit it (RFC 9111 section 5.2.2.6).
    """
    caching = "no-cache, no-transform" if no_transform else "no-cache"
    fields = [("Content-Type", content_type), ("Cache-Control", caching)]
    return [*fields, ("X-Accel-Buffering", "no")] if hint else fields


def farewell_fields(deprecated: datetime | None, sunset: datetime) -> list[tuple[str, str]]:
    """Fields that announce the end of event streams (RFC 9745, RFC 8594, RFC 5829)."""
    if deprecated is None:
        return []
    return [
        ("Deprecation", f"@{int(deprecated.timestamp())}"),
        ("Sunset", format_datetime(sunset, usegmt=True)),
        ("Link", SUCCESSOR),
    ]
