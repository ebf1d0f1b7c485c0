"""Which application is looked at: its address, what every request carries, where streams may be."""

import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from proxyproof.wire.head import Field

SECURE = {"http": False, "ws": False, "https": True, "wss": True}
SSE_PATHS = ("/api/events",)
WEBSOCKET_PATHS = ("/api/ws",)
STREAM_PATH = re.compile(r"(?P<base>.*)/api/(?P<which>ws|events|loops/[^/]+/events)/?")
FORBIDDEN = re.compile(r"[\x00-\x20\x7f]")
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True)
class Wishes:
    """What the person who asks has said beside the URL.

    Attributes:
        cookies: cookies of a session, `NAME=VALUE` each.
        headers: further fields of every request.
        path_sse: where the event stream is.
        path_websocket: where the WebSocket is.
        ca: a PEM file with further authorities.
        insecure: verify no certificate.
    """

    cookies: tuple[str, ...] = ()
    headers: tuple[Field, ...] = ()
    path_sse: str | None = None
    path_websocket: str | None = None
    ca: str | None = None
    insecure: bool = False


@dataclass(frozen=True)
class Application:
    """One application, as every probe needs it.

    Attributes:
        host: as it is dialled; `authority` is as it is named in `Host`.
        target: path and query as given.
        sse: targets where the event stream may be, the likeliest first; `websocket` alike.
        named: whether a path was named by the person, so that its absence is a fault.
        fields: sent with every request.
    """

    secure: bool
    host: str
    port: int
    target: str
    sse: tuple[str, ...]
    websocket: tuple[str, ...]
    named: frozenset[str]
    fields: tuple[Field, ...]
    context: Callable[[], ssl.SSLContext] = field(compare=False)
    verifies: bool = True

    @classmethod
    def of(cls, url: str, wishes: Wishes | None = None) -> "Application":
        """Read a URL and the wishes; ValueError says what is wrong with them."""
        wishes = wishes or Wishes()
        parts = _split(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sse, websocket, named = _places(parts, target, wishes)
        context = _trust(wishes)
        secure = SECURE[parts.scheme]
        return cls(
            secure,
            _host(parts),
            parts.port or (443 if secure else 80),
            target,
            sse,
            websocket,
            named,
            _fields(wishes),
            context,
            not wishes.insecure,
        )

    @property
    def authority(self) -> str:
        """Host, and the port unless it is the usual one (RFC 9110, 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """The web origin of its pages (RFC 6454)."""
        return f"{'https' if self.secure else 'http'}://{self.authority}"

    def tls(self, *protocols: str) -> ssl.SSLContext | None:
        """A context of its own that offers the protocols by ALPN; None on plain HTTP."""
        if not self.secure:
            return None
        context = self.context()
        context.set_alpn_protocols(list(protocols))
        return context


def _split(url: str) -> SplitResult:
    if FORBIDDEN.search(url) or not url.isprintable():
        raise ValueError(f"a URL has no spaces or control characters: {url!r}")
    parts = urlsplit(url)
    if parts.scheme not in SECURE or not parts.hostname:
        raise ValueError(f"expected a URL like https://events.example.com, got {url!r}")
    if parts.username is not None:
        raise ValueError("a name in the URL is sent to nobody: use --header 'Authorization: ...'")
    if parts.port == 0:
        raise ValueError("nothing listens at port 0")
    return parts


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        raise ValueError(f"no host can have the name {host!r}") from None


def _places(
    parts: SplitResult, target: str, wishes: Wishes
) -> tuple[tuple[str, ...], tuple[str, ...], frozenset[str]]:
    """Targets of both streams: what was named, else the usual ones and the given URL itself."""
    known = STREAM_PATH.fullmatch(parts.path)
    base = known["base"] if known else parts.path.rstrip("/")
    is_websocket = parts.scheme.startswith("ws") or (known is not None and known["which"] == "ws")
    itself = (target,) if parts.path.strip("/") else ()
    sse = [f"{base if known else ''}{path}" for path in SSE_PATHS]
    websocket = [f"{base if known else ''}{path}" for path in WEBSOCKET_PATHS]
    if not known and base:
        sse.append(f"{base}{SSE_PATHS[0]}")
        websocket.append(f"{base}{WEBSOCKET_PATHS[0]}")
    found_sse = tuple(dict.fromkeys([*(() if is_websocket else itself), *sse]))
    found_websocket = tuple(dict.fromkeys([*(itself if is_websocket else ()), *websocket]))
    named = {"sse"} if wishes.path_sse else set[str]()
    named |= {"websocket"} if wishes.path_websocket else set()
    return (
        (_path(wishes.path_sse, "--path-sse"),) if wishes.path_sse else found_sse,
        (_path(wishes.path_websocket, "--path-ws"),) if wishes.path_websocket else found_websocket,
        frozenset(named),
    )


def _path(path: str, option: str) -> str:
    if not path.startswith("/") or FORBIDDEN.search(path) or not path.isascii():
        raise ValueError(f"{option} expects a path such as /api/stream, not {path!r}")
    return path


def _fields(wishes: Wishes) -> tuple[Field, ...]:
    for cookie in wishes.cookies:
        name, equals, _ = cookie.partition("=")
        if not equals or not TOKEN.fullmatch(name):
            raise ValueError("--cookie expects NAME=VALUE")
        _readable(cookie, f"--cookie {name}")
    for name, value in wishes.headers:
        if not TOKEN.fullmatch(name):
            raise ValueError(f"--header expects NAME:VALUE, and {name!r} is no name")
        _readable(value, f"--header {name}")
    cookies = (("Cookie", "; ".join(wishes.cookies)),) if wishes.cookies else ()
    return (*cookies, *wishes.headers)


def _readable(value: str, what: str) -> None:
    """The value itself is not shown: it may be a secret."""
    if not value.isprintable() or not value.isascii():
        raise ValueError(f"{what}: its value has characters that no field can carry")


def _trust(wishes: Wishes) -> Callable[[], ssl.SSLContext]:
    def context() -> ssl.SSLContext:
        made = ssl.create_default_context()
        if wishes.ca:
            made.load_verify_locations(cafile=wishes.ca)
        return made

    def anybody() -> ssl.SSLContext:
        # The authorities of this machine are not read: that takes longer than a handshake.
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
        return made

    if wishes.ca:
        try:
            context()
        except (OSError, ssl.SSLError) as error:
            raise ValueError(f"--ca {wishes.ca}: no certificates there: {error}") from None
    return anybody if wishes.insecure else context
