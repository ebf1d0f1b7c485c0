import pytest

from proxyproof.origin import Origin
from tests.proxyproof.origin.drive import event_source, opened, serving, websocket


def publish(origin: Origin, count: int) -> None:
    for number in range(count):
        origin.emitter.publish("server.error", None, {"n": number})


async def test_reorders_lets_neighbours_overtake() -> None:
    async with serving("reorders") as origin, websocket(origin) as ws:
        await ws.next()
        publish(origin, 5)

        assert [event["n"] for event in await ws.take(5)] == [1, 0, 3, 2, 4]


async def test_order_differs_per_client_keeps_the_order_of_every_other() -> None:
    async with (
        serving("order-differs-per-client") as origin,
        websocket(origin) as one,
        event_source(origin) as two,
    ):
        await one.next()
        await opened(origin, 2)
        publish(origin, 4)

        assert [event["n"] for event in await one.take(4)] == [1, 0, 3, 2]
        assert [event["n"] for event in await two.take(4)] == [0, 1, 2, 3]


async def test_different_json_says_the_same_in_other_bytes() -> None:
    async with (
        serving("different-json") as origin,
        websocket(origin) as ws,
        event_source(origin) as stream,
    ):
        await ws.next()
        await opened(origin, 2)
        event = origin.emitter.publish("server.error")
        block = [await stream.block() for _ in range(3)][2] or ""

        assert await ws.raw() == event.json.decode()
        assert block.partition("data: ")[2] != event.json.decode()
        assert '"type": "server.error"' in block


@pytest.mark.parametrize(("size", "expected"), [(3000, True), (5000, False)])
async def test_truncates_4k_cuts_large_events_only(size: int, expected: bool) -> None:
    async with (
        serving("truncates-4k") as origin,
        websocket(origin) as ws,
        event_source(origin) as stream,
    ):
        await ws.next()
        await opened(origin, 2)
        event = origin.emitter.publish("server.error", None, {"text": "x" * size})
        block = [await stream.block() for _ in range(3)][2] or ""
        over_sse, over_ws = block.partition("data: ")[2], await ws.raw()

        assert over_sse == over_ws == event.json.decode()[:4096]
        assert (over_ws == event.json.decode()) is expected


async def test_truncates_4k_cuts_what_is_echoed() -> None:
    async with serving("truncates-4k") as origin, websocket(origin, "/api/echo") as ws:
        await ws.connection.send("x" * 5000)
        await ws.connection.send(b"short")

        assert [await ws.raw(), await ws.raw()] == ["x" * 4096, b"short"]


async def test_alters_opcode_exchanges_text_and_binary() -> None:
    async with serving("alters-opcode") as origin, websocket(origin, "/api/echo") as ws:
        await ws.connection.send("text")
        await ws.connection.send(b"binary")

        assert [await ws.raw(), await ws.raw()] == [b"text", "binary"]


@pytest.mark.parametrize("size", [1, 200, 70_000])
async def test_reorders_fragments_sends_them_backwards(size: int) -> None:
    async with serving("reorders-fragments") as origin, websocket(origin, "/api/ws?case=t") as ws:
        await ws.next()
        stream = origin.streams.of("t")[0]
        first, second = "a" * size, "b" * size
        stream.write_raw(_fragment(0x01, first) + b"\x89\x00")
        stream.write_raw(_fragment(0x80, second))

        assert await ws.raw() == second + first


def _fragment(first: int, text: str) -> bytes:
    size = len(text)
    if size < 126:
        return bytes((first, size)) + text.encode()
    if size < 65536:
        return bytes((first, 126)) + size.to_bytes(2, "big") + text.encode()
    return bytes((first, 127)) + size.to_bytes(8, "big") + text.encode()
