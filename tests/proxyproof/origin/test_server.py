import socket
import ssl

import httpx
import pytest
import trustme

from proxyproof.origin import Origin, Settings
from tests.proxyproof.origin.drive import closed, event_source, http, opened, serving, websocket


@pytest.mark.parametrize(("code", "reason"), [(1001, "shutting down"), (1012, "restarting")])
async def test_a_stop_tells_every_client(code: int, reason: str) -> None:
    async with serving() as origin, websocket(origin) as ws, event_source(origin) as stream:
        await ws.next()
        await opened(origin, 2)
        await origin.stop(code)

        assert await ws.ended() == (code, reason)
        assert ((await stream.next()) or {})["code"] == code


async def test_a_stop_cuts_clients_that_do_not_answer() -> None:
    async with serving(drain=0.05, close_timeout=60.0) as origin:
        with socket.create_connection(("127.0.0.1", origin.port)) as client:
            client.send(
                b"GET /api/ws?case=t HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            )
            await opened(origin, token="t")
            await origin.stop()

        assert len(origin.streams) == 0


async def test_a_stopped_origin_refuses_connections() -> None:
    async with serving() as origin:
        await origin.stop()
        async with http(origin) as client:
            with pytest.raises(httpx.ConnectError):
                await client.get("/api/health")


async def test_an_origin_that_starts_again_resumes_at_the_same_port() -> None:
    async with serving() as origin:
        port = origin.port
        origin.loops.create("a")
        known = origin.log.newest
        await origin.stop(1012)
        missed = origin.loops.act("a", "log")
        await origin.start()
        async with websocket(origin, f"/api/ws?loopId=a&lastEventId={known}") as ws:
            await ws.next()

            assert origin.port == port
            assert (await ws.next())["id"] == str(missed.id)


async def test_starting_twice_is_an_error() -> None:
    async with serving() as origin:
        with pytest.raises(RuntimeError, match="the origin listens already: stop it first"):
            await origin.start()


async def test_moving_before_the_start_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="the origin does not listen: start it first"):
        await Origin().rebind("127.0.0.1", 0)


async def test_a_rebind_moves_the_port_and_leaves_streams_open() -> None:
    async with serving() as origin, http(origin) as idle, websocket(origin) as ws:
        await ws.next()
        await idle.get("/api/health")
        old = origin.port
        await origin.rebind("127.0.0.1", 0)
        await ws.say(type="ping")

        assert await ws.next() == {"type": "pong"}
        with pytest.raises(httpx.HTTPError):
            await idle.get("/api/health")
        async with http(origin) as client:
            assert (await client.get("/api/health")).status_code == 200
        with socket.create_server(("127.0.0.1", old)):
            pass  # the old port is free for somebody else


async def test_a_rebind_to_a_port_in_use_keeps_the_old_one() -> None:
    async with serving() as origin, http(origin) as client:
        with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(OSError, match="use"):
            await origin.rebind("127.0.0.1", other.getsockname()[1])

        assert (await client.get("/api/health")).status_code == 200


async def test_a_port_in_use_leaves_nothing_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        origin = Origin(Settings(port=other.getsockname()[1]))
        with pytest.raises(OSError, match="use"):
            await origin.start()
    await origin.start()
    await origin.stop()
    await origin.stop()  # harmless

    assert origin.port == other.getsockname()[1] if other.fileno() >= 0 else True


async def test_tls_has_a_port_of_its_own() -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    async with serving(tls=context) as origin:
        base = f"https://localhost:{origin.tls_port}"
        async with httpx.AsyncClient(base_url=base, verify=trust) as client:
            assert (await client.get("/api/health")).json()["status"] == "ok"
            assert origin.ledger.of("").heads[0].secure
            async with client.stream("GET", "/api/events?case=t") as response:
                await opened(origin, token="t")
                assert response.status_code == 200
            await closed(origin, token="t")


async def test_without_tls_there_is_no_second_port() -> None:
    async with serving() as origin:
        assert origin.tls_port == 0
        assert origin.fanout is not None
