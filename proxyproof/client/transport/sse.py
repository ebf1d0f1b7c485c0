"""The stream over Server-Sent Events (WHATWG HTML 9.2), on `httpx`."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx

from proxyproof.client.decoder import Comment, EventStreamDecoder, Retry, ServerSentEvent
from proxyproof.client.message import Batch, Message, read_event
from proxyproof.client.transport.answer import media_type, refusal
from proxyproof.client.transport.channel import Arrival, OnArrival, SentHead, Wiring
from proxyproof.client.transport.ending import Cause, Ended, Ending
from proxyproof.client.transport.network import StreamTransport
from proxyproof.client.transport.target import Request
from proxyproof.client.transport.watchdog import Silence, Watchdog

# `httpx` lets errors of TLS through: a proxy that ends a response in the middle of a record.
_BROKEN = (httpx.HTTPError, ssl.SSLError)

# Enough for a problem document; a refusal may have a body without end.
_REFUSAL_BODY = 64 * 1024


class EventStreamChannel:
    """One open event stream."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        response: httpx.Response,
        decoder: EventStreamDecoder,
        watchdog: Watchdog,
        wiring: Wiring,
    ) -> None:
        self._client = client
        self._response = response
        self._chunks = _overheard(response.aiter_bytes(), wiring.on_arrival)
        self._decoder = decoder
        self._watchdog = watchdog
        self._clock = wiring.policy.clock
        self._over: Ending | None = None

    @property
    def http_version(self) -> str:
        """The version that ALPN led to."""
        return self._response.http_version

    async def receive(self) -> Batch:
        """Await the next chunk; a comment alone gives an empty batch."""
        if self._over is not None:
            raise Ended(self._over)
        try:
            chunk = await self._watchdog.watch(anext(self._chunks))
        except Silence as silence:
            raise Ended(_ended(Cause.SILENT, str(silence))) from None
        except (StopAsyncIteration, *_BROKEN) as error:
            self._over = self.ending(error)
            return self._last_batch(self._over)
        return self._batch(self._decoder.feed(chunk))

    async def close(self) -> None:
        """Drop the connection: an event stream has no closing handshake."""
        await self._response.aclose()
        await self._client.aclose()

    def ending(self, error: Exception) -> Ending:
        """Describe the end of the body: an end and an abort are two things (RFC 9112 8)."""
        if isinstance(error, StopAsyncIteration):
            return _ended(Cause.CLOSED, "end of stream")
        return _ended(Cause.ABORTED, f"cut off: {_words(error)}")

    def _last_batch(self, ending: Ending) -> Batch:
        items = self._decoder.end()
        if not items:
            raise Ended(ending)
        return self._batch(items)

    def _batch(self, items: list[ServerSentEvent | Comment | Retry]) -> Batch:
        at = self._clock()
        retries = [item.milliseconds for item in items if isinstance(item, Retry)]
        messages = (_message(item, at) for item in items if isinstance(item, ServerSentEvent))
        return Batch(
            tuple(messages),
            self._decoder.last_event_id,
            retries[-1] / 1000 if retries else None,
        )


class EventStreamTransport:
    """Opens event streams, each on a connection of its own."""

    channel = EventStreamChannel

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring

    async def open(self, request: Request) -> EventStreamChannel:
        """Ask for the stream and await the head of the answer."""
        client = self._client()
        try:
            async with asyncio.timeout(self._wiring.policy.open_timeout):
                response = await client.send(self._request(client, request), stream=True)
                if not _is_event_stream(response):
                    raise Ended(await _refusal(request, response))
        except BaseException as error:
            await client.aclose()
            if isinstance(error, (TimeoutError, *_BROKEN)):
                raise Ended(self._not_opened(error)) from None
            raise
        policy = self._wiring.policy
        decoder = self._wiring.decoder(request.last_event_id or "")
        watchdog = self._wiring.watchdog(policy.watchdog_seconds)
        return self.channel(client, response, decoder, watchdog, self._wiring)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=StreamTransport(self._wiring.tls, http2=self._wiring.http == "2"),
            trust_env=False,
            follow_redirects=False,
            # The policy's own timers bound the opening and the silence.
            timeout=None,
        )

    def _request(self, client: httpx.AsyncClient, request: Request) -> httpx.Request:
        url = httpx.URL(request.url)
        fields = [("Accept", "text/event-stream"), ("Cache-Control", "no-store"), *request.fields]
        extensions = {}
        if self._wiring.connect_to is not None:
            fields.insert(0, ("Host", urlsplit(request.url).netloc.rpartition("@")[2]))
            extensions["sni_hostname"] = url.host
            host, port = self._wiring.connect_to
            url = url.copy_with(host=host, port=port)
        encoded = [(name.encode(), value.encode()) for name, value in fields]
        built = client.build_request("GET", url, headers=encoded, extensions=extensions)
        sent = tuple((name.decode(), value.decode()) for name, value in built.headers.raw)
        self._wiring.on_request(SentHead("GET", built.url.raw_path.decode(), sent))
        return built

    def _not_opened(self, error: Exception) -> Ending:
        if isinstance(error, TimeoutError):
            return _ended(Cause.TIMEOUT, f"no answer within {self._wiring.policy.open_timeout} s")
        if isinstance(error, httpx.ConnectError):
            return _ended(Cause.UNREACHABLE, f"unreachable: {_words(error)}")
        return _ended(Cause.BROKEN, f"no valid answer: {_words(error)}")


async def _overheard(chunks: AsyncIterator[bytes], tell: OnArrival) -> AsyncIterator[bytes]:
    """The same chunks; somebody else is told of each, and how they ended."""
    try:
        async for chunk in chunks:
            tell(Arrival(chunk, chunk=True))
            yield chunk
    except _BROKEN as error:
        tell(Arrival(end=f"cut off: {_words(error)}"))
        raise
    tell(Arrival(end="end of stream"))


def _is_event_stream(response: httpx.Response) -> bool:
    content_type = media_type(response.headers.get("Content-Type", ""))
    return response.status_code == 200 and content_type == "text/event-stream"


async def _refusal(request: Request, response: httpx.Response) -> Ending:
    body = bytearray()
    if media_type(response.headers.get("Content-Type", "")) == "application/problem+json":
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > _REFUSAL_BODY:
                break
    await response.aclose()

    def field(name: str) -> str:
        return str(response.headers.get(name, ""))

    return refusal("sse", request.url, response.status_code, field, bytes(body))


def _message(item: ServerSentEvent, at: float) -> Message:
    event = read_event(item.data, at, event_type=item.type, event_id=item.last_event_id)
    return Message(event, item.last_event_id)


def _ended(cause: Cause, detail: str) -> Ending:
    return Ending(transport="sse", cause=cause, detail=detail)


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
