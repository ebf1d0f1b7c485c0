import base64

import pytest

from proxyproof.wire.handshake import (
    SPELLINGS,
    accept_value,
    new_key,
    request,
    upgrade_request,
)
from proxyproof.wire.head import RequestHead


def test_accept_value_is_the_one_of_the_standard() -> None:
    assert accept_value("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_keys_are_sixteen_random_bytes() -> None:
    assert len(base64.b64decode(new_key())) == 16
    assert new_key() != new_key()


def test_upgrade_request_is_written_as_asked() -> None:
    raw = upgrade_request(
        "/api/ws?case=t;x",
        "localhost:8443",
        key="a2V5",
        fields=[("Cookie", "a=1"), ("Cookie", "b=2")],
        spelling=SPELLINGS["two-lines"],
    )

    assert raw == (
        b"GET /api/ws?case=t;x HTTP/1.1\r\n"
        b"Host: localhost:8443\r\n"
        b"Connection: keep-alive\r\n"
        b"Connection: Upgrade\r\n"
        b"Upgrade: websocket\r\n"
        b"Sec-WebSocket-Key: a2V5\r\n"
        b"Sec-WebSocket-Version: 13\r\n"
        b"Cookie: a=1\r\n"
        b"Cookie: b=2\r\n"
        b"\r\n"
    )


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_means_the_same(spelling: str) -> None:
    head = RequestHead.parse(upgrade_request("/", "a", spelling=SPELLINGS[spelling]))

    assert "upgrade" in head.tokens("Connection")
    assert head.tokens("Upgrade") == ["websocket"]
    assert "Sec-WebSocket-Key" in head


def test_request_adds_nothing() -> None:
    raw = request("*", "a", method="OPTIONS", fields=[("Upgrade", "h2c")], version="HTTP/1.0")

    assert raw == b"OPTIONS * HTTP/1.0\r\nHost: a\r\nUpgrade: h2c\r\n\r\n"
