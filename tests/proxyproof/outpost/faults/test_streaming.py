import httpx
import pytest

from tests.proxyproof.outpost.deployment import Deploy


async def test_an_abort_looks_like_an_end(deploy: Deploy) -> None:
    outpost = await deploy(faults=["swallows-abort"])
    async with outpost.client(outpost.user()) as client:
        assert (await client.get("/abort")).text == "begun"


async def test_an_open_stream_is_cut(deploy: Deploy) -> None:
    outpost = await deploy(faults=["write-deadline"], fault_seconds=0.1)
    async with outpost.client(outpost.user()) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/events")
