import pytest

from proxyproof.outpost.journal import masked
from tests.proxyproof.outpost.deployment import Deploy


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("/a?code=abc&state=x.y&b=1", "/a?code=***&state=***&b=1"),
        ("/a?id_token_hint=abc", "/a?id_token_hint=***"),
        ("/a?access_token=abc;x", "/a?access_token=***;x"),
        ("/a?barcode=1", "/a?barcode=1"),
    ],
)
def test_secrets_are_masked(target: str, shown: str) -> None:
    assert masked(target) == shown


async def test_each_request_is_one_line(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.client() as client:
        await client.get("/page?state=secret&x=1")
    method, target, status, spent, unit = outpost.log.getvalue().split()

    assert (method, target, status, unit) == ("GET", "/page?state=***&x=1", "302", "ms")
    assert float(spent) >= 0
