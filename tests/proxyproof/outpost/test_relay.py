import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import Deploy
from tests.proxyproof.outpost.scripts import Scripted, answering, saying


async def test_the_head_of_a_stream_comes_before_its_first_event(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy()
    async with (
        outpost.client(outpost.user()) as client,
        client.stream("GET", "/events?silent") as stream,
    ):
        assert stream.headers["content-type"] == "text/event-stream"
        application.gate.set()
        assert await anext(stream.aiter_raw()) == b"data: second\n\n"


async def test_an_event_is_passed_on_while_the_stream_is_open(
    deploy: Deploy, application: Application
) -> None:
    # contract 4.2: streamed, no buffering layer
    outpost = await deploy()
    async with (
        outpost.client(outpost.user()) as client,
        client.stream("GET", "/events") as stream,
    ):
        parts = stream.aiter_raw()
        first = await anext(parts)
        application.gate.set()

        assert (first, await anext(parts)) == (b"data: first\n\n", b"data: second\n\n")


async def test_the_target_arrives_byte_for_byte(deploy: Deploy, application: Application) -> None:
    target = "/x//y/%2e%2e/z%2Fw?a=1;b=2&c=%2F%20+%C3%A9"
    outpost = await deploy()
    async with outpost.raw() as raw:
        await raw.send(outpost.get(target, f"Cookie: {outpost.user()}"))
        await raw.head()

    assert application.last.target == target


async def test_set_cookie_fields_stay_apart(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.client(outpost.user()) as client:
        answer = await client.get("/")

    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


async def test_request_bodies_are_passed_on(deploy: Deploy, application: Application) -> None:
    outpost = await deploy()
    async with outpost.client(outpost.user()) as client:
        sized = await client.post("/", content=b"x" * 300_000)
        chunked = await client.post("/", content=_parts())

    assert (len(sized.content), chunked.content) == (300_000, b"abc")
    assert application.last.values("transfer-encoding") == ["chunked"]


async def _parts() -> AsyncIterator[bytes]:
    yield b"a"
    yield b"bc"


async def test_connections_to_the_upstream_are_kept(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.client(outpost.user()) as client:
        await client.get("/")
        (kept,) = outpost.relay.pipeline.address.idle
        await client.get("/")

    assert outpost.relay.pipeline.address.idle == [kept]


async def test_a_kept_connection_that_the_upstream_closed_is_replaced(
    deploy: Deploy, scripted: Scripted
) -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(reader, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", writer)
        await reader.read(1)  # close on the next request, as a server does whose timer has run out

    outpost = await deploy(internal_host=await scripted(once))
    async with outpost.client(outpost.user()) as client:
        answers = [await client.get("/") for _ in range(3)]

    assert [answer.text for answer in answers] == ["ok", "ok", "ok"]


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_request_with_a_body_is_not_repeated(
    deploy: Deploy, scripted: Scripted, method: str
) -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(reader, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", writer)
        await reader.readuntil(b"order")

    outpost = await deploy(internal_host=await scripted(once))
    async with outpost.client(outpost.user()) as client:
        await client.get("/")
        answer = await client.request(method, "/", content=b"order")

    assert answer.status_code == 502


async def test_a_kept_connection_that_has_ended_is_not_used(
    deploy: Deploy, scripted: Scripted
) -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(reader, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", writer)

    outpost = await deploy(internal_host=await scripted(once))
    async with outpost.client(outpost.user()) as client:
        await client.get("/")
        for channel in outpost.relay.pipeline.address.idle:
            assert await channel.read() == b""  # its end has been seen
        answer = await client.post("/")

    assert answer.text == "ok"


async def test_an_old_client_is_not_given_informational_responses(
    deploy: Deploy, scripted: Scripted
) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
    outpost = await deploy(internal_host=await scripted(saying(hints)))
    async with outpost.raw() as raw:
        await raw.send(outpost.get("/", f"Cookie: {outpost.user()}", version="1.0"))

        assert (await raw.head()).startswith("HTTP/1.1 204 ")


async def test_an_upstream_that_is_down_is_a_bad_gateway(deploy: Deploy) -> None:
    # contract 4.1: 502 HTML page
    outpost = await deploy(internal_host="http://127.0.0.1:1")
    async with outpost.client(outpost.user()) as client:
        answer = await client.get("/")

    assert answer.status_code == 502
    assert "Failed to connect to backend." in answer.text
    assert answer.headers["x-powered-by"] == "authentik"


@pytest.mark.parametrize(
    ("claim", "told"),
    [(True, "no connection to 127.0.0.1:1"), (False, "Failed to connect"), ("x", "Failed")],
)
async def test_only_superusers_see_the_real_error(deploy: Deploy, claim: object, told: str) -> None:
    # contract 4.1
    outpost = await deploy(internal_host="http://127.0.0.1:1")
    async with outpost.client(outpost.user(ak_proxy={"is_superuser": claim})) as client:
        answer = await client.get("/")

    assert answer.status_code == 502
    assert told in answer.text


@pytest.mark.parametrize("answer", [b"", b"what?\r\n\r\n"], ids=["nothing", "no-http"])
async def test_an_upstream_that_does_not_answer_is_a_bad_gateway(
    deploy: Deploy, scripted: Scripted, answer: bytes
) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(reader, answer, writer)

    outpost = await deploy(internal_host=await scripted(script))
    async with outpost.client(outpost.user()) as client:
        assert (await client.get("/")).status_code == 502


async def test_an_old_client_gets_a_body_that_ends_with_the_connection(deploy: Deploy) -> None:
    outpost = await deploy()
    async with outpost.raw() as raw:
        await raw.send(outpost.get("/", f"Cookie: {outpost.user()}", version="1.0"))

        assert (await raw.rest()).endswith(b"\r\n\r\nhello")


async def test_informational_responses_are_passed_on(deploy: Deploy, scripted: Scripted) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    url = await scripted(saying(hints + b"HTTP/1.1 204 No Content\r\n\r\n"))
    outpost = await deploy(internal_host=url)
    async with outpost.raw() as raw:
        await raw.send(outpost.get("/", f"Cookie: {outpost.user()}"))

        assert await raw.head() == "HTTP/1.1 103 Early Hints\r\nLink: </x>"
        assert (await raw.head()).startswith("HTTP/1.1 204 ")


async def test_the_claims_may_name_another_backend(
    deploy: Deploy, application: Application, scripted: Scripted
) -> None:
    # contract 3.3: ak_proxy.backend_override replaces scheme and host of the upstream per user
    url = await scripted(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nelsewhere"))
    outpost = await deploy()
    override = {"backend_override": url}
    async with (
        outpost.client(outpost.user("bob", ak_proxy=override)) as bob,
        outpost.client(outpost.user("alice")) as alice,
    ):
        bodies = [(await client.get("/")).text for client in (bob, alice)]

    assert bodies == ["elsewhere", "hello"]


async def test_another_backend_is_asked_again_over_the_same_connection(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy(internal_host="http://127.0.0.1:1")
    cookie = outpost.user(ak_proxy={"backend_override": application.url})
    async with outpost.client(cookie) as client:
        answers = [await client.get("/") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(application.connections) == 1


@pytest.mark.parametrize("backend", ["ftp://x", "http://[", "http://h:x", "/"])
async def test_a_backend_that_is_none_is_a_bad_gateway(deploy: Deploy, backend: str) -> None:
    outpost = await deploy()
    async with outpost.client(outpost.user(ak_proxy={"backend_override": backend})) as client:
        assert (await client.get("/")).status_code == 502


async def test_a_backend_that_cannot_be_verified_is_a_bad_gateway(deploy: Deploy) -> None:
    outpost = await deploy(internal_ca="no.pem")  # not read for the plain HTTP of the others
    override = {"backend_override": "https://127.0.0.1:1", "is_superuser": True}
    async with (
        outpost.client(outpost.user("bob", ak_proxy=override)) as bob,
        outpost.client(outpost.user("alice")) as alice,
    ):
        failed, served = await bob.get("/"), await alice.get("/")

    assert (failed.status_code, served.status_code) == (502, 200)
    assert "cannot read the CA no.pem" in failed.text
