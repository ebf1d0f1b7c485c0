import json

from websockets.extensions.permessage_deflate import PerMessageDeflate

from tests.proxyproof.origin.drive import UPGRADE, closed, opened, raw, refused, serving, websocket


async def test_messages_come_back_with_their_opcode_and_compressed() -> None:
    async with serving() as origin, websocket(origin, "/api/echo") as ws:
        await ws.connection.send("x" * 10_000)
        await ws.connection.send(b"\x00\xff")

        assert [await ws.raw(), await ws.raw()] == ["x" * 10_000, b"\x00\xff"]
        extensions = ws.connection.protocol.extensions
        assert isinstance(extensions[0], PerMessageDeflate)


async def test_a_compressed_echo_is_small_on_the_wire() -> None:
    request = UPGRADE.format(target="/api/echo") + "\nSec-WebSocket-Extensions: permessage-deflate"
    hello = b"\xf2\x48\xcd\xc9\xc9\x07\x00"  # RFC 7692 section 7.2.3.1
    async with serving() as origin, await raw(origin, request) as connection:
        await connection.head()
        connection.send(b"\xc1\x87\x00\x00\x00\x00" + hello)

        assert await connection.reader.readexactly(9) == b"\xc1\x07" + hello


async def test_a_fragmented_message_comes_back_whole() -> None:
    async with serving() as origin, websocket(origin, "/api/echo", compression=None) as ws:
        await ws.connection.send(["one ", "two ", "three"])

        assert await ws.raw() == "one two three"


async def test_a_message_beyond_the_bound_closes_with_1009() -> None:
    async with serving(max_echo=1000) as origin, websocket(origin, "/api/echo") as ws:
        await ws.connection.send("x" * 2000)

        assert (await ws.ended())[0] == 1009


async def test_the_echo_carries_no_event_and_no_ping_and_ends_on_demand() -> None:
    async with serving(heartbeat=0.01) as origin:
        async with websocket(origin, "/api/echo?case=t") as ws:
            await opened(origin, token="t")
            origin.emitter.publish("server.error")
            await ws.connection.send("marker")
            first = await ws.raw()
            origin.streams.of("t")[0].beat()
            origin.streams.of("t")[0].close(4999, "enough")

            assert first == "marker"
            assert await ws.ended() == (4999, "enough")
        await closed(origin, token="t")
        assert origin.ledger.of("t").closed[0].transport == "echo"


async def test_the_script_has_its_say_on_the_echo_too() -> None:
    async with serving() as origin:
        origin.scripts["t"].refuse = 403
        response = await refused(origin, "/api/echo?case=t")

        assert json.loads(response.body)["status"] == 403
        assert (
            await refused(origin, "/api/echo", origin="https://evil.example")
        ).status_code == 403
