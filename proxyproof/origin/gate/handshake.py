"""The opening handshake as a server has to read it (RFC 6455 section 4.2.1)."""

import base64
import binascii

from proxyproof.origin.head import RequestHead
from proxyproof.origin.problem import Problem

UPGRADE_REQUIRED = (("Upgrade", "websocket"), ("Connection", "Upgrade"))


def check_handshake(head: RequestHead) -> None:
    """Refuse what is no opening handshake of version 13.

    Raises:
        Problem: 426 without an upgrade or for another version, 400 for a bad key.
    """
    if not asks_for_websocket(head):
        detail = "a WebSocket opening handshake expected: HTTP/1.1, Upgrade and Connection fields"
        raise Problem(426, "upgrade-required", detail, UPGRADE_REQUIRED)
    if head.first("Sec-WebSocket-Version") != "13":
        fields = [*UPGRADE_REQUIRED, ("Sec-WebSocket-Version", "13")]
        raise Problem(426, "unknown-version", "Sec-WebSocket-Version 13 expected", fields)
    if not is_key(head.all("Sec-WebSocket-Key")):
        detail = "one Sec-WebSocket-Key of 16 bytes in base64 expected"
        raise Problem(400, "malformed-key", detail)


def asks_for_websocket(head: RequestHead) -> bool:
    """True if a request asks to go over to WebSocket, in any spelling."""
    upgrade, connection = tokens(head, "Upgrade"), tokens(head, "Connection")
    return head.version == "HTTP/1.1" and "websocket" in upgrade and "upgrade" in connection


def tokens(head: RequestHead, name: str) -> set[str]:
    """The members of a comma-separated field, lower case."""
    members = ",".join(head.all(name)).split(",")
    return {member.strip().lower() for member in members}


def is_key(values: list[str]) -> bool:
    """True if the field came once with a nonce of 16 bytes."""
    try:
        return len(values) == 1 and len(base64.b64decode(values[0], validate=True)) == 16
    except (binascii.Error, ValueError):
        return False
