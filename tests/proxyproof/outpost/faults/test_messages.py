import asyncio

from tests.proxyproof.outpost.deployment import Deploy


async def test_close_code_and_reason_are_lost(deploy: Deploy) -> None:
    outpost = await deploy(faults=["swallows-close-code"])
    async with outpost.websocket(cookie=outpost.user()) as ws:
        await ws.send("bye")
        await asyncio.wait_for(ws.wait_closed(), 5)

    assert (ws.close_code, ws.close_reason) == (1005, "")
