import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import trustme
from websockets.asyncio.server import ServerConnection, serve

from proxyproof.client import Cause, Ending
from proxyproof.client.transport.channel import Wiring
from proxyproof.client.transport.ending import Ended
from proxyproof.client.transport.target import Target
from proxyproof.client.transport.watchdog import Watchdog
from proxyproof.client.transport.websocket import WebSocketChannel, WebSocketTransport
from tests.proxyproof.client.stage import DEADLINE, QUICK, Stage, dial, refuse, staged

Handler = Callable[[ServerConnection], Awaitable[None]]
WIRING = Wiring(QUICK)


@asynccontextmanager
async def channel_to(handler: Handler, wiring: Wiring = WIRING) -> AsyncIterator[WebSocketChannel]:
    async with serve(handler, "127.0.0.1", 0, ping_interval=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        request = Target(f"ws://127.0.0.1:{port}/feed").request("websocket", None)
        channel = await WebSocketTransport(wiring).open(request)
        try:
            yield channel
        finally:
            await channel.close()


async def open_to(url: str, wiring: Wiring = WIRING) -> WebSocketChannel:
    return await WebSocketTransport(wiring).open(Target(url).request("websocket", None))


async def ending_of(handler: Handler, wiring: Wiring = WIRING) -> Ending:
    async with channel_to(handler, wiring) as channel:
        with pytest.raises(Ended) as ended:
            await asyncio.wait_for(channel.receive(), DEADLINE)
    return ended.value.ending


async def refusal_of(url: str, wiring: Wiring = WIRING) -> Ending:
    with pytest.raises(Ended) as ended:
        await open_to(url, wiring)
    return ended.value.ending


@asynccontextmanager
async def answering(data: bytes) -> AsyncIterator[str]:
    """A server that answers every request with these bytes, then closes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(data)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class Fed(Watchdog):
    """Tells when it was fed."""

    def __init__(self, seconds: float | None) -> None:
        super().__init__(seconds)
        self.fed = asyncio.Event()

    def feed(self) -> None:
        self.fed.set()
        super().feed()


@pytest.mark.parametrize("message", ['{"id":"e-1"}', b'{"id":"e-1"}'], ids=["text", "binary"])
async def test_text_and_binary_messages_are_events(message: str | bytes) -> None:
    async with channel_to(lambda server: server.send(message)) as channel:
        batch = await channel.receive()

    assert batch.messages[0].event.id == batch.position == "e-1"


async def test_fragments_are_put_together_in_order() -> None:
    async with channel_to(lambda server: server.send(['{"id":', '"e-', '1"}'])) as channel:
        batch = await channel.receive()

    assert batch.messages[0].event.raw == '{"id":"e-1"}'


async def test_ping_is_a_sign_of_life() -> None:
    watchdogs: list[Fed] = []

    def made(seconds: float | None) -> Fed:
        watchdogs.append(Fed(seconds))
        return watchdogs[-1]

    pinged = asyncio.Event()

    async def ping(server: ServerConnection) -> None:
        await pinged.wait()
        await server.ping()
        await server.wait_closed()

    async with channel_to(ping, Wiring(QUICK, watchdog=made)):
        before = watchdogs[0].fed.is_set()
        pinged.set()
        await asyncio.wait_for(watchdogs[0].fed.wait(), DEADLINE)

    assert not before


@pytest.mark.parametrize(("code", "reason"), [(1000, ""), (1012, "restart"), (4999, "r" * 123)])
async def test_close_code_and_reason_are_facts(code: int, reason: str) -> None:
    ending = await ending_of(lambda server: server.close(code, reason))

    assert (ending.cause, ending.code, ending.reason) == (Cause.CLOSED, code, reason)


async def test_connection_without_a_close_frame_was_cut_off() -> None:
    async def abort(server: ServerConnection) -> None:
        server.transport.abort()

    ending = await ending_of(abort)

    assert (ending.cause, ending.code) == (Cause.ABORTED, 1006)


async def test_too_large_a_message_fails_the_connection() -> None:
    small = Wiring(replace(QUICK, max_message=10))

    ending = await ending_of(lambda server: server.send("x" * 11), small)

    assert ending.cause is Cause.ABORTED
    assert ending.detail.startswith("failed by the client: 1009")


async def test_silence_is_an_ending() -> None:
    impatient = Wiring(replace(QUICK, watchdog_seconds=0.01))

    ending = await ending_of(lambda server: server.wait_closed(), impatient)

    assert ending.cause is Cause.SILENT


async def test_redirect_is_not_followed(stage: Stage) -> None:
    stage.always["websocket"] = refuse(302, Location="/elsewhere")

    ending = await refusal_of(stage.url)

    assert (ending.cause, ending.status) == (Cause.REFUSED, 302)
    assert ending.location.endswith("/elsewhere")
    assert len(stage.requests) == 1


async def test_refusal_carries_its_reason(stage: Stage) -> None:
    problem = refuse(400, '{"detail":"empty filter"}', Content_Type="application/problem+json")
    stage.always["websocket"] = problem

    ending = await refusal_of(stage.url)

    assert ending.detail == "refused: 400 Bad Request: empty filter"


@pytest.mark.parametrize(
    "answer",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"],
    ids=["nothing", "no HTTP", "wrong upgrade"],
)
async def test_answer_that_is_no_handshake_is_broken(answer: bytes) -> None:
    async with answering(answer) as url:
        ending = await refusal_of(url)

    assert ending.cause is Cause.BROKEN
    assert ending.detail.startswith("no valid handshake: ")


async def test_nobody_there_is_unreachable() -> None:
    async with answering(b"") as url:
        pass

    assert (await refusal_of(url)).cause is Cause.UNREACHABLE


async def test_proxy_of_the_environment_is_not_used(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:1")

    await (await open_to(stage.url)).close()

    assert len(stage.requests) == 1


async def test_another_address_is_dialled_under_the_same_name() -> None:
    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("app.example").configure_cert(server)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    async with staged(server) as stage:
        wiring = Wiring(QUICK, trust, connect_to=dial(stage))

        await (await open_to("https://app.example:8443", wiring)).close()

        assert stage.requests[0][1].headers["Host"] == "app.example:8443"


async def test_untrusted_certificate_is_unreachable() -> None:
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("localhost").configure_cert(server)
    async with staged(server) as stage:
        ending = await refusal_of(stage.url, Wiring(QUICK, ssl.create_default_context()))

    assert ending.cause is Cause.UNREACHABLE
    assert "certificate verify failed" in ending.detail
