import asyncio

import pytest

from proxyproof.doctor import Part, Wishes
from proxyproof.wire.frames import Frame, Opcode, close
from tests.proxyproof.doctor.stands import (
    FOREIGN_KEY,
    head,
    looked_at,
    saying,
    told,
    upgraded,
)


def of_server(frame: Frame) -> bytes:
    return frame.encode(masked=False)


PONG = of_server(Frame(Opcode.PONG, b"of another ping"))


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ((), FOREIGN_KEY),
        (("Sec-WebSocket-Protocol: chat",), ""),
        (("Sec-WebSocket-Extensions: permessage-deflate",), ""),
    ],
    ids=["accept", "subprotocol", "extension"],
)
async def test_a_101_that_no_client_may_take_is_found(fields: tuple[str, ...], key: str) -> None:
    async with saying(upgraded(of_server(close(1000)), *fields, key=key)) as url:
        diagnosis = await looked_at(url)

    assert told(diagnosis, Part.WEBSOCKET, "101") == ("bad", "upgrade")


@pytest.mark.parametrize(
    ("sent", "check", "found"),
    [
        (of_server(close(1011, "no\x1b[31m")), "end", ("look", "cut")),
        (PONG + of_server(close(1001)), "end", ("look", "cut")),
        (PONG, "ping", ("bad", "")),
        (b"", "ping", ("bad", "cut")),
        (b"\x83\x00", "end", ("bad", "cut")),
    ],
    ids=["close before pong", "close after pong", "foreign pong", "no pong", "no frame"],
)
async def test_what_comes_after_the_101_is_judged(
    sent: bytes, check: str, found: tuple[str, str]
) -> None:
    async with saying(upgraded(sent)) as url:
        diagnosis = await looked_at(url)

    assert told(diagnosis, Part.WEBSOCKET, check) == found


async def test_a_ping_of_the_server_is_answered() -> None:
    heard = asyncio.Event()

    async def pings(asked: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await upgraded(of_server(Frame(Opcode.PING, b"x")))(asked, _Hearing(reader, heard), writer)

    async with saying(pings) as url:
        await looked_at(url)

    assert heard.is_set()


class _Hearing(asyncio.StreamReader):
    """Reads on from another one, and tells when a masked pong of one byte has come."""

    def __init__(self, inner: asyncio.StreamReader, heard: asyncio.Event) -> None:
        super().__init__()
        self._inner = inner
        self._heard = heard

    async def read(self, n: int = -1) -> bytes:
        data = await self._inner.read(n)
        if b"\x8a\x81" in data:
            self._heard.set()
        return data


async def test_a_page_of_origin_that_is_refused_is_told_from_an_upgrade_that_is() -> None:
    async def checks(
        asked: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if "\r\nOrigin:" in asked:
            writer.write(head("403 Forbidden").encode())
        else:
            await upgraded()(asked, reader, writer)

    async with saying(checks) as url:
        diagnosis = await looked_at(url, Wishes(path_websocket="/ws"))

    assert told(diagnosis, Part.WEBSOCKET, "answer") == ("bad", "origin")
