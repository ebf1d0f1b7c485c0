import asyncio

import pytest

from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import Deploy


async def test_a_refusal_comes_after_the_101(deploy: Deploy) -> None:
    # contract 4.3: three fields, and the status of the refusal is lost
    outpost = await deploy(faults=["answers-before-origin"])
    async with outpost.raw() as raw:
        await raw.send(outpost.upgrade("/refuse/403", outpost.user()))
        head = await raw.head()

        assert await raw.rest() == b""
    assert head.split("\r\n") == [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    ]


async def test_an_early_101_comes_though_nobody_is_there(deploy: Deploy) -> None:
    outpost = await deploy(faults=["answers-before-origin"], internal_host="http://127.0.0.1:1")
    async with outpost.raw() as raw:
        await raw.send(outpost.upgrade("/ws", outpost.user()))

        assert (await raw.head()).startswith("HTTP/1.1 101 ")
        assert await raw.rest() == b""


async def test_an_early_101_still_makes_a_working_tunnel(deploy: Deploy) -> None:
    outpost = await deploy(faults=["answers-before-origin"])
    cookie = outpost.user()
    async with outpost.websocket(cookie=cookie, compression=None) as ws:
        await ws.send("hello")
        assert await ws.recv() == "hello"
    async with outpost.client(cookie) as client:
        assert (await client.get("/")).status_code == 200


async def test_a_second_request_goes_through_unjudged(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy(faults=["keeps-tunnel"])
    async with outpost.raw() as raw:
        await raw.send(outpost.upgrade("/refuse/403", outpost.user()))
        await raw.head()
        await raw.take(len("no stream here"))
        await raw.send(outpost.get("/second"))
        second = await raw.head()
    cookieless = application.last

    assert second.startswith("HTTP/1.1 200 ")
    assert (cookieless.target, cookieless.values("cookie")) == ("/second", [])


async def test_only_a_refused_upgrade_leaves_a_tunnel(deploy: Deploy) -> None:
    outpost = await deploy(faults=["keeps-tunnel"])
    async with outpost.raw() as raw:
        await raw.send(outpost.get("/refuse/403", f"Cookie: {outpost.user()}"))
        await raw.head()
        await raw.take(len("no stream here"))
        await raw.send(outpost.get("/second"))

        assert (await raw.head()).startswith("HTTP/1.1 302 ")


async def test_inside_h2c_anything_goes(deploy: Deploy, application: Application) -> None:
    outpost = await deploy(faults=["tunnels-h2c"])
    cookie = outpost.user()
    async with outpost.raw() as raw:
        fields = (f"Cookie: {cookie}", "Connection: Upgrade", "Upgrade: h2c")
        await raw.send(outpost.get("/", *fields))
        head = await raw.head()
        await raw.send(outpost.get("/inside"))
        await raw.head()
    async with outpost.client(cookie) as client:
        ordinary = await client.get("/")

    assert head.startswith("HTTP/1.1 101 ")
    assert application.heads[0].target == "/inside"
    assert ordinary.status_code == 200


@pytest.mark.parametrize(("spelling", "status"), [("websocket", "101"), ("WebSocket", "502")])
async def test_the_spelling_of_the_protocol_decides(
    deploy: Deploy, application: Application, spelling: str, status: str
) -> None:
    # contract 4.2: #26281
    outpost = await deploy(faults=["case-sensitive-upgrade"])
    async with outpost.raw() as raw:
        request = outpost.upgrade("/ws", outpost.user())
        await raw.send(request.replace("Upgrade: websocket", f"Upgrade: {spelling}"))

        assert (await raw.head()).split()[1] == status


async def test_a_tunnel_that_lingers_ends_with_its_client(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy(faults=["keeps-tunnel"])
    async with outpost.raw() as raw:
        await raw.send(outpost.upgrade("/refuse/403", outpost.user()))
        await raw.head()
        raw.writer.write_eof()
        async with asyncio.timeout(5):
            assert await raw.rest() == b"no stream here"
