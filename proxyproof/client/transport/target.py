"""Where a stream is: the URLs and fields of one application's two streams."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlsplit

from proxyproof.client.policy import TransportName, Wanted

Fields = Sequence[tuple[str, str]]
_STREAM_PATH = re.compile(r"(?P<base>.*)/api/(?:ws|events|loops/(?P<loop>[^/]+)/events)/?")
_SCHEMES = {
    "websocket": {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"},
    "sse": {"http": "http", "https": "https", "ws": "http", "wss": "https"},
}


@dataclass(frozen=True)
class Request:
    """What is asked for to open a stream; `last_event_id` is what it asks to resume after."""

    url: str
    fields: tuple[tuple[str, str], ...]
    last_event_id: str | None


class Target:
    """The streams of one application, or one stream elsewhere.

    Args:
        url: `http(s)` or `ws(s)`: the base of the application, one of its stream URLs
            (`/api/ws`, `/api/events`, `/api/loops/{id}/events`), or any other stream URL, which
            is used as it is. Its query is sent with every request, byte for byte.
        loop_id: the one loop to receive; "" is sent as an empty filter, None sends no filter.
        fields: request fields, in order; names may repeat.

    Raises:
        ValueError: the URL cannot be a stream's.
    """

    def __init__(self, url: str, loop_id: str | None = None, fields: Fields = ()) -> None:
        self._parts = _checked(url)
        self._fields = tuple(fields)
        match = _STREAM_PATH.fullmatch(self._parts.path)
        self._own = match is not None or self._parts.path.endswith("/") or not self._parts.path
        self._base = match["base"] if match else self._parts.path.rstrip("/")
        in_path = unquote(match["loop"]) if match and match["loop"] else None
        self.loop_id = in_path if loop_id is None else loop_id

    @property
    def transports(self) -> tuple[TransportName, ...]:
        """The transports that lead to this target, the preferred one first."""
        if self._own:
            return ("websocket", "sse")
        return ("websocket",) if self._parts.scheme.startswith("ws") else ("sse",)

    @property
    def secure(self) -> bool:
        """Whether TLS is spoken."""
        return self._parts.scheme in ("https", "wss")

    def request(self, transport: TransportName, last_event_id: str | None) -> Request:
        """Say what to ask for, to receive the stream from just after `last_event_id`."""
        if transport == "websocket":
            return self._websocket(last_event_id)
        fields = self._fields
        if last_event_id:
            fields = (*fields, ("Last-Event-ID", last_event_id))
        return Request(self._url("sse", self._event_stream_path()), fields, last_event_id)

    def _websocket(self, last_event_id: str | None) -> Request:
        query = []
        if self.loop_id is not None:
            query.append(f"loopId={quote(self.loop_id, safe='')}")
        if last_event_id:
            query.append(f"lastEventId={quote(last_event_id, safe='')}")
        return Request(self._url("websocket", "/api/ws", query), self._fields, last_event_id)

    def _event_stream_path(self) -> str:
        if self.loop_id is None:
            return "/api/events"
        # There is no path for an empty id: `//` would be another resource.
        if not self.loop_id:
            return "/api/events?loopId="
        return f"/api/loops/{quote(self.loop_id, safe='')}/events"

    def _url(self, transport: TransportName, path: str, query: Sequence[str] = ()) -> str:
        path, _, own_query = path.partition("?")
        path = self._base + path if self._own else self._parts.path
        queries = (self._parts.query, own_query, *query)
        scheme = _SCHEMES[transport][self._parts.scheme]
        joined = "&".join(part for part in queries if part)
        return SplitResult(scheme, self._parts.netloc, path, joined, "").geturl()


def named_by(url: str) -> Wanted:
    """Say which transport a URL means by itself: by its scheme, or the path of an event stream."""
    parts = _checked(url)
    if parts.scheme.startswith("ws"):
        return "websocket"
    is_event_stream = parts.path.endswith("/events") and _STREAM_PATH.fullmatch(parts.path)
    return "sse" if is_event_stream else "auto"


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"{url!r} is no URL: {error}") from None
    if parts.scheme not in _SCHEMES["sse"]:
        raise ValueError(f"{url!r} is no stream URL: expected ws://, wss://, http:// or https://")
    if not parts.hostname:
        raise ValueError(f"{url!r} names no host: expected for example https://localhost:8443")
    return parts


def fields_of(
    cookies: Mapping[str, str] | None, headers: Mapping[str, str] | Fields | None
) -> tuple[tuple[str, str], ...]:
    """Put the cookies, exactly as given and in order, after the other fields (RFC 6265 5.4)."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
    fields = tuple((name, value) for name, value in pairs)
    if not cookies:
        return fields
    return (*fields, ("Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items())))
