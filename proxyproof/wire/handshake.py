"""Hand-written requests: what a client may send, byte for byte, and the rules for the answer."""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping

from proxyproof.wire.head import Field, RequestHead

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3

SPELLINGS: Mapping[str, tuple[Field, ...]] = {
    "chromium": (("Connection", "Upgrade"), ("Upgrade", "websocket")),
    "firefox": (("Connection", "keep-alive, Upgrade"), ("Upgrade", "websocket")),
    "lower": (("connection", "upgrade"), ("upgrade", "websocket")),
    "capital": (("Connection", "Upgrade"), ("Upgrade", "WebSocket")),
    "upper": (("CONNECTION", "UPGRADE"), ("UPGRADE", "WEBSOCKET")),
    "no-space": (("Connection", "keep-alive,Upgrade"), ("Upgrade", "websocket")),
    "two-lines": (
        ("Connection", "keep-alive"),
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
    ),
}
"""Spellings of one opening handshake; all mean the same (RFC 6455, 4.2.1; RFC 9110, 7.6.1)."""


def new_key() -> str:
    """A random `Sec-WebSocket-Key` (RFC 6455, 4.1)."""
    return base64.b64encode(secrets.token_bytes(16)).decode()


def accept_value(key: str) -> str:
    """The `Sec-WebSocket-Accept` that answers a key (RFC 6455, 4.2.2)."""
    digest = hashlib.sha1(key.encode() + MAGIC, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


def request(
    target: str,
    host: str,
    *,
    method: str = "GET",
    fields: Iterable[Field] = (),
    version: str = "HTTP/1.1",
) -> bytes:
    """The head of a request: `Host` first, then the fields as given, nothing added."""
    return RequestHead(method, target, version, (("Host", host), *fields)).encode()


def upgrade_request(
    target: str,
    host: str,
    *,
    key: str | None = None,
    fields: Iterable[Field] = (),
    spelling: Iterable[Field] = SPELLINGS["chromium"],
    version: str = "13",
) -> bytes:
    """The head of an opening handshake (RFC 6455, 4.1).

    Args:
        target: The request target, sent as it is.
        host: The value of `Host`.
        key: The `Sec-WebSocket-Key`; a random one if None.
        fields: Further field lines, such as cookies and the subprotocols offered.
        spelling: The `Connection` and `Upgrade` lines, see `SPELLINGS`.
        version: The value of `Sec-WebSocket-Version`.
    """
    opening = (("Sec-WebSocket-Key", key or new_key()), ("Sec-WebSocket-Version", version))
    return request(target, host, fields=(*spelling, *opening, *fields))
