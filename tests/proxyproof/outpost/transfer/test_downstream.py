import asyncio

import pytest

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.downstream import Connection, Exchange, Limits
from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import Deploy

PING = "/outpost.goauthentik.io/ping"


async def test_requests_follow_each_other_on_one_connection(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.raw() as raw:
        await raw.send(outpost.get(PING) * 3)
        heads = [await raw.head() for _ in range(3)]

    assert [head.split()[1] for head in heads] == ["204"] * 3


async def test_an_unwanted_body_does_not_stand_in_the_way_of_the_next_request(
    deploy: Deploy,
) -> None:
    outpost = await deploy()
    async with outpost.client() as client:
        refused = await client.post("/", content=b"x" * 200_000)
        again = await client.get(PING)

    assert (refused.status_code, again.status_code) == (302, 204)


async def test_a_request_of_a_client_that_is_gone_is_not_handled() -> None:
    handled: list[Exchange] = []

    async def handle(exchange: Exchange) -> None:
        handled.append(exchange)

    channel = Channel()
    channel.connection_made(asyncio.Transport())
    channel.data_received(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    channel.connection_lost(None)
    with pytest.raises(NotImplementedError):  # of the transport that cannot be closed
        await Connection(channel, handle, Limits()).serve()

    assert handled == []


async def test_a_huge_unwanted_body_ends_the_connection(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.raw() as raw:
        head = outpost.get(PING, "Content-Length: 10000000")
        await raw.send(head + "x" * 400_000)

        assert (await raw.head()).startswith("HTTP/1.1 204 ")
        with pytest.raises(ConnectionError):
            await raw.send("x" * 9_000_000)


async def test_a_client_that_asks_first_is_told_to_go_on(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy()
    async with outpost.raw() as raw:
        fields = (f"Cookie: {outpost.user()}", "Content-Length: 3", "Expect: 100-continue")
        await raw.send(outpost.get("/", *fields))
        proceed = await raw.head()
        await raw.send("abc")
        head = await raw.head()

        assert await raw.take(3) == b"abc"
    assert proceed == "HTTP/1.1 100 Continue"
    assert head.startswith("HTTP/1.1 200 ")
    assert application.last.values("expect") == []


async def test_a_client_that_asks_first_and_is_refused_sends_nothing(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.raw() as raw:
        await raw.send(outpost.get("/", "Content-Length: 3", "Expect: 100-continue"))

        assert (await raw.head()).startswith("HTTP/1.1 302 ")


@pytest.mark.parametrize(
    "garbage",
    [
        "what is this\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00",
    ],
)
async def test_what_is_not_http_is_a_bad_request(deploy: Deploy, garbage: str) -> None:
    outpost = await deploy()
    async with outpost.raw() as raw:
        await raw.send(garbage + "\r\n\r\n")

        assert (await raw.rest()).startswith(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n")


async def test_a_head_that_is_too_large_is_refused(deploy: Deploy) -> None:
    # contract 4.1: 431
    outpost = await deploy(quirks={"max_head_bytes": 1000})
    request = outpost.get(PING, "X-Fill: " + "x" * 2000)
    fits = outpost.get(PING, "X-Fill: " + "x" * 800)
    async with outpost.raw() as raw:
        await raw.send(fits)
        assert (await raw.head()).startswith("HTTP/1.1 204 ")
        await raw.send(request)

        assert (await raw.rest()).startswith(b"HTTP/1.1 431 ")


async def test_a_client_that_says_nothing_is_dropped(deploy: Deploy) -> None:
    outpost = await deploy(quirks={"idle_seconds": 0.05})
    async with outpost.raw() as raw:
        assert await raw.rest() == b""


async def test_a_client_that_ends_in_mid_head_gets_nothing(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.raw() as raw:
        await raw.send("GET / HTTP/1.1\r\n")
        raw.writer.write_eof()

        assert await raw.rest() == b""


async def test_a_body_that_breaks_off_breaks_the_request_upstream(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy()
    async with outpost.raw() as raw:
        fields = (f"Cookie: {outpost.user()}", "Transfer-Encoding: chunked")
        await raw.send(outpost.get("/", *fields) + "5\r\nhello\r\nnonsense\r\n")

        assert (await raw.head()).startswith("HTTP/1.1 502 ")


async def test_a_head_request_is_answered_without_a_body(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.client(outpost.user()) as client:
        proxied = await client.head("/")
        ours = await client.head("/", headers={"Host": "elsewhere.test"})

    assert (proxied.status_code, proxied.headers["content-length"]) == (200, "5")
    assert (ours.status_code, ours.content) == (400, b"")


async def test_a_status_that_nobody_knows_is_passed_on(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy()
    async with outpost.client(outpost.user()) as client:
        assert (await client.get("/refuse/599")).status_code == 599


async def test_stopping_in_mid_request_is_no_answer(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.raw() as raw:
        await raw.send(outpost.get("/events", f"Cookie: {outpost.user()}"))
        await raw.head()
        await outpost.outpost.stop()
        async with asyncio.timeout(5):
            assert b"0\r\n\r\n" not in await raw.rest()
