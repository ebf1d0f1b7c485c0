import asyncio

import httpx
import pytest

from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import Deploy
from tests.proxyproof.outpost.scripts import SWITCH, Scripted, saying

PING = "/outpost.goauthentik.io/ping"
both = pytest.mark.parametrize("value", [False, True])


async def test_read_head_seconds(deploy: Deploy) -> None:
    # contract 4.1: read header 5 s, from the first byte on; the client is dropped
    outpost = await deploy(quirks={"read_head_seconds": 0.05})
    async with outpost.raw() as raw:
        await raw.send(outpost.get(PING))
        assert (await raw.head()).startswith("HTTP/1.1 204 ")
        await raw.send("GET / HTTP/1.1\r\nHost:")

        assert await raw.rest() == b""


async def test_read_head_seconds_do_not_touch_a_connection_that_waits(deploy: Deploy) -> None:
    # contract 4.1: that is the idle timeout's
    outpost = await deploy(quirks={"read_head_seconds": 0.05})
    async with outpost.raw() as waiting, outpost.raw() as slow:
        await slow.send("GET / HTTP/1.1\r\nHost:")
        assert await slow.rest() == b""  # so the time of the other is over as well
        await waiting.send(outpost.get(PING))

        assert (await waiting.head()).startswith("HTTP/1.1 204 ")


async def test_read_body_seconds(deploy: Deploy) -> None:
    # contract 4.1, section 7, PR #17858: uploads limited to 30 s
    outpost = await deploy(quirks={"read_body_seconds": 0.05})
    async with outpost.raw() as raw:
        await raw.send(outpost.get("/", f"Cookie: {outpost.user()}", "Content-Length: 9") + "x")

        assert (await raw.head()).startswith("HTTP/1.1 502 ")


async def test_read_body_seconds_do_not_touch_a_stream(
    deploy: Deploy, application: Application
) -> None:
    # contract 4.1: a request without a body has been read
    outpost = await deploy(quirks={"read_body_seconds": 0.05})
    cookie = outpost.user()
    async with (
        outpost.client(cookie) as client,
        client.stream("GET", "/events") as stream,
        outpost.raw() as slow,
    ):
        await slow.send(outpost.get("/", f"Cookie: {cookie}", "Content-Length: 9") + "x")
        await slow.head()  # refused, so the time of the stream is over as well
        application.gate.set()

        assert b"second" in await stream.aread()


async def test_idle_seconds(deploy: Deploy) -> None:
    # contract 4.1: idle 120 s
    outpost = await deploy(quirks={"idle_seconds": 0.05})
    async with outpost.raw() as raw:
        assert await raw.rest() == b""


@both
async def test_swallows_abort(deploy: Deploy, value: bool) -> None:
    # contract 4.1: a clean end of stream instead of a reset
    outpost = await deploy(quirks={"swallows_abort": value})
    seen = None
    async with outpost.client(outpost.user()) as client:
        try:
            seen = (await client.get("/abort")).text
        except httpx.RemoteProtocolError:
            seen = "aborted"

    assert seen == ("begun" if value else "aborted")


async def test_drains_on_stop(deploy: Deploy, application: Application) -> None:
    # contract 4.1: streams hold the shutdown open, WebSockets are not tracked
    outpost = await deploy(quirks={"drains_on_stop": True})
    cookie = outpost.user()
    async with (
        outpost.websocket(cookie=cookie) as ws,
        outpost.client(cookie) as client,
        client.stream("GET", "/events") as stream,
    ):
        stopping = asyncio.create_task(outpost.outpost.stop())
        parts = stream.aiter_raw()
        first = await anext(parts)
        application.gate.set()
        rest = [part async for part in parts]
        await asyncio.wait_for(stopping, 5)
        await asyncio.wait_for(ws.wait_closed(), 5)

    assert (first, rest) == (b"data: first\n\n", [b"data: second\n\n"])
    assert ws.close_code == 1006


@pytest.mark.parametrize(("value", "status"), [(False, "101"), (True, "502")])
async def test_literal_upgrade(
    deploy: Deploy, scripted: Scripted, value: bool, status: str
) -> None:
    # contract 4.2, #26281: `WebSocket` against `websocket`
    url = await scripted(saying(SWITCH + b"\r\n"))
    outpost = await deploy(internal_host=url, quirks={"literal_upgrade": value})
    async with outpost.raw() as raw:
        request = outpost.upgrade("/ws", outpost.user())
        await raw.send(request.replace("Upgrade: websocket", "Upgrade: WebSocket"))

        assert (await raw.head()).split()[1] == status


@pytest.mark.parametrize(("value", "seen"), [(["websocket"], []), (["websocket", "h2c"], ["h2c"])])
async def test_tunnelled(
    deploy: Deploy, application: Application, value: list[str], seen: list[str]
) -> None:
    # contract 4.2: a generic tunnel in reality
    outpost = await deploy(quirks={"tunnelled": value})
    async with outpost.raw() as raw:
        fields = (f"Cookie: {outpost.user()}", "Connection: Upgrade", "Upgrade: h2c")
        await raw.send(outpost.get("/", *fields))
        await raw.head()

    assert application.last.values("upgrade") == seen


@both
async def test_drops_underscored(deploy: Deploy, application: Application, value: bool) -> None:
    # contract 3.2: practically every header with an underscore; identity's aliases in any case
    outpost = await deploy(quirks={"drops_underscored": value})
    async with outpost.raw() as raw:
        fields = (f"Cookie: {outpost.user()}", "X_Mine: 1", "X_authentik_username: root")
        await raw.send(outpost.get("/", *fields))
        await raw.head()

    assert application.last.values("x_mine") == ([] if value else ["1"])
    assert application.last.values("x_authentik_username") == []
    assert application.last.values("x-authentik-username") == ["alice"]


@both
async def test_cached_bearer_reaches_upstream(
    deploy: Deploy, application: Application, bearer: str, issuer: str, value: bool
) -> None:
    # contract 3.3: a hit in the cache returns before the removal
    outpost = await deploy(issuer=issuer, quirks={"cached_bearer_reaches_upstream": value})
    seen = []
    for _ in range(2):
        async with outpost.client() as client:
            await client.get("/", headers={"Authorization": bearer})
        seen.append(bool(application.last.values("authorization")))

    assert seen == [False, value]
