import json

import pytest

from tests.proxyproof.origin.drive import event_source, http, opened, refused, serving, websocket


async def test_withdrawal_closes_open_websockets_and_refuses_new_ones() -> None:
    async with serving() as origin, websocket(origin) as ws, event_source(origin) as stream:
        await ws.next()
        await opened(origin, 2)
        event = origin.emitter.publish("server.error")
        origin.transports.withdraw("websocket")
        response = await refused(origin)

        assert (await ws.next())["id"] == str(event.id)
        assert await ws.ended() == (4410, "withdrawn: use /api/events")
        assert response.status_code == 410
        assert response.headers["Link"].startswith('</api/events>; rel="alternate"')
        assert ((await stream.next()) or {})["id"] == str(event.id)


async def test_withdrawal_ends_open_event_streams_and_refuses_new_ones() -> None:
    async with serving() as origin, event_source(origin) as stream, http(origin) as client:
        await opened(origin)
        origin.transports.withdraw("sse")
        response = await client.get("/api/events")

        assert ((await stream.next()) or {})["code"] == 4410
        assert response.status_code == 410
        assert response.headers["Link"] == '</api/ws>; rel="successor-version"'
        assert response.json()["detail"] == "sse is withdrawn: use /api/ws"


async def test_a_transport_that_was_restored_is_offered_again() -> None:
    async with serving(withdrawn=frozenset({"websocket"})) as origin, http(origin) as client:
        withdrawn = (await client.get("/api/health")).json()["transports"]
        response = await refused(origin)
        origin.transports.restore("websocket")
        async with websocket(origin) as ws:
            assert (await ws.next())["type"] == "connected"

        assert withdrawn == {"websocket": False, "sse": True}
        assert json.loads(response.body)["status"] == 410


async def test_there_are_two_transports() -> None:
    async with serving() as origin:
        with pytest.raises(ValueError, match=r"one of \['sse', 'websocket'\], got 'pigeon'"):
            origin.transports.withdraw("pigeon")  # type: ignore[arg-type]
