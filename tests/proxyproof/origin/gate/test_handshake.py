import pytest

from tests.proxyproof.origin.drive import UPGRADE, raw, serving

GOOD = UPGRADE.format(target="/api/ws")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Upgrade: websocket", "UPGRADE: WebSocket"),
        ("Connection: Upgrade", "connection: keep-alive, upgrade"),
        ("Connection: Upgrade", "Connection: keep-alive\nConnection: UPGRADE"),
    ],
)
async def test_the_handshake_is_read_in_every_spelling(old: str, new: str) -> None:
    async with serving() as origin, await raw(origin, GOOD.replace(old, new)) as connection:
        assert (await connection.head()).startswith("HTTP/1.1 101")


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ("Upgrade: websocket", "Upgrade: h2c", 426),
        ("Upgrade: websocket\n", "", 426),
        ("Connection: Upgrade", "Connection: close", 426),
        ("HTTP/1.1", "HTTP/1.0", 426),
        ("Version: 13", "Version: 8", 426),
        ("Key: dGhlIHNhbXBsZSBub25jZQ==", "Key: c2hvcnQ=", 400),
        ("Key: dGhlIHNhbXBsZSBub25jZQ==", "Key: ä", 400),
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "X: y", 400),
    ],
)
async def test_what_is_no_handshake_is_refused(old: str, new: str, status: int) -> None:
    async with serving() as origin, await raw(origin, GOOD.replace(old, new)) as connection:
        head = await connection.head()

        assert f" {status} " in head.partition("\r\n")[0]
        assert "application/problem+json" in head


async def test_a_refused_upgrade_leaves_an_http_connection() -> None:
    async with serving() as origin:
        origin.scripts["t"].refuse = 403
        async with await raw(origin, UPGRADE.format(target="/api/ws?case=t")) as connection:
            refusal = await connection.head()
            length = int(refusal.lower().partition("content-length: ")[2].split()[0])
            await connection.reader.readexactly(length)
            connection.send(b"GET /api/health HTTP/1.1\r\nHost: x\r\n\r\n")

            assert (await connection.head()).startswith("HTTP/1.1 200")
