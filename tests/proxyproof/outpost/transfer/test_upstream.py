import pytest

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.message import Request
from proxyproof.outpost.transfer.upstream import Address, Upstream, UpstreamError


@pytest.mark.parametrize(
    ("url", "port"),
    [("http://a", 80), ("https://a", 443), ("http://a:8000/x", 8000), ("http://[::1]:8000", 8000)],
)
def test_an_address_has_the_port_of_its_scheme(url: str, port: int) -> None:
    assert Address.of(url, None).port == port


async def test_a_connection_that_is_lost_before_the_request_is_an_error_of_the_upstream() -> None:
    channel = Channel()
    channel.lost = True
    upstream = Upstream(Address("a", 80), channel, reused=True)
    request = Request("GET", b"/", ((b"Host", b"a"),), "1.1", "", "http")

    with pytest.raises(UpstreamError, match="is gone"):
        await upstream.send_head(request)


async def test_nobody_there_is_an_error_of_the_upstream() -> None:
    with pytest.raises(UpstreamError, match=r"no connection to 127\.0\.0\.1:1: "):
        await Address("127.0.0.1", 1).connect()
