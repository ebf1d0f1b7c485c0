"""Watching one event stream: when its head and its bytes come, and what is in them."""

import asyncio
import json
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

import httpx

from proxyproof.client.decoder import Comment, EventStreamDecoder, Item, ServerSentEvent
from proxyproof.doctor.answers import BODY, Answer
from proxyproof.doctor.application import Application
from proxyproof.doctor.way import client

EVENT_STREAM = "text/event-stream"
STAMPS = ("timestamp", "time", "ts", "at")
MOST_ARRIVALS = 10_000  # kept of one stream: a flood ends the watch early


@dataclass(frozen=True)
class Variant:
    """One way of asking for the same stream."""

    name: str
    http2: bool = False
    coding: str = "identity"


PLAIN = Variant("HTTP/1.1")
COMPRESSED = Variant("HTTP/1.1 with compression", coding="gzip, deflate")
HTTP2 = Variant("HTTP/2", http2=True)


@dataclass(frozen=True)
class Arrival:
    """What came in one piece, seconds after the stream was asked for."""

    at: float
    items: tuple[Item, ...]

    @property
    def stamps(self) -> list[float]:
        """When its events happened, as they say themselves; seconds since 1970."""
        events = (one for one in self.items if isinstance(one, ServerSentEvent))
        return [stamp for one in events if (stamp := _stamp(one.data)) is not None]


@dataclass
class Watched:
    """One stream as it was watched; all times in seconds after it was asked for.

    Attributes:
        head: when the response head came; None if it did not.
        ended: when the stream ended by itself; None if it was still open.
        until: when the watch was over.
        trouble: what broke it.
    """

    variant: Variant
    answer: Answer | None = None
    head: float | None = None
    arrivals: list[Arrival] = field(default_factory=list)
    ended: float | None = None
    until: float = 0.0
    trouble: str = ""

    @property
    def is_stream(self) -> bool:
        """Whether it was answered with an event stream."""
        answer = self.answer
        return answer is not None and answer.status == 200 and answer.media_type == EVENT_STREAM

    @property
    def moments(self) -> dict[str, float]:
        """When each event with an id came."""
        found: dict[str, float] = {}
        for arrival in self.arrivals:
            for one in arrival.items:
                if isinstance(one, ServerSentEvent) and one.last_event_id:
                    found.setdefault(one.last_event_id, arrival.at)
        return found

    @property
    def counts(self) -> tuple[int, int]:
        """How many events and how many comments."""
        items = [one for arrival in self.arrivals for one in arrival.items]
        events = sum(isinstance(one, ServerSentEvent) for one in items)
        return events, sum(isinstance(one, Comment) for one in items)

    @property
    def longest_silence(self) -> float:
        """Between two arrivals, or the last one and the end of the watch."""
        moments = [one.at for one in self.arrivals] + [self.ended or self.until]
        return max((b - a for a, b in pairwise(moments)), default=0.0)

    @property
    def is_flooded(self) -> bool:
        """Whether so much has come that no more is kept."""
        return len(self.arrivals) >= MOST_ARRIVALS


async def watched(app: Application, target: str, variant: Variant, until: float) -> Watched:
    """Watch a stream until a moment of the loop's clock, or until a flood of it is seen."""
    loop = asyncio.get_running_loop()
    asked = loop.time()
    seen = Watched(variant)
    try:
        async with asyncio.timeout_at(until), client(app, http2=variant.http2) as http:
            await _watch(app, target, http, seen, asked)
    except TimeoutError:
        pass
    except (httpx.HTTPError, httpx.InvalidURL, zlib.error) as error:
        seen.trouble = str(error) or type(error).__name__
        seen.ended = loop.time() - asked
    seen.until = loop.time() - asked
    return seen


async def _watch(
    app: Application, target: str, http: httpx.AsyncClient, seen: Watched, asked: float
) -> None:
    clock = asyncio.get_running_loop().time
    own = [("Accept", EVENT_STREAM), ("Accept-Encoding", seen.variant.coding)]
    fields = [*own, ("Cache-Control", "no-cache"), *app.fields]
    async with http.stream("GET", app.origin + target, headers=fields) as response:
        raw = response.headers.raw
        kept = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)
        seen.answer, seen.head = Answer(response.status_code, kept), clock() - asked
        if not seen.is_stream:
            seen.answer = Answer(response.status_code, kept, await _beginning(response))
            return
        decoder, plain = EventStreamDecoder(), _decompressor(seen.answer.get("Content-Encoding"))
        async for chunk in response.aiter_raw():
            items = decoder.feed(plain.decompress(chunk) if plain else chunk)
            seen.arrivals.append(Arrival(clock() - asked, tuple(items)))
            if seen.is_flooded:
                return
        seen.ended = clock() - asked


async def _beginning(response: httpx.Response) -> bytes:
    body = b""
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) >= BODY:
            break
    return body[:BODY]


def _decompressor(coding: str) -> "zlib._Decompress | None":
    if coding.lower() in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: gzip or zlib, as its head says
    return None


def _stamp(data: str) -> float | None:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    return next((_moment(document[name]) for name in STAMPS if name in document), None)


def _moment(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) / (1000 if value > 10**11 else 1)  # milliseconds or seconds
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except (ValueError, OverflowError):
        return None
