import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import trustme

from proxyproof.client import Cause, Ending
from proxyproof.client.message import Batch
from proxyproof.client.policy import HttpVersion
from proxyproof.client.transport.channel import Wiring
from proxyproof.client.transport.ending import Ended
from proxyproof.client.transport.sse import EventStreamChannel, EventStreamTransport
from proxyproof.client.transport.target import Target
from tests.proxyproof.client.stage import (
    DEADLINE,
    QUICK,
    Stage,
    dial,
    never_answer,
    refuse,
    staged,
    write,
)

WIRING = Wiring(QUICK)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"


async def open_to(
    url: str, wiring: Wiring = WIRING, last_event_id: str | None = None
) -> EventStreamChannel:
    return await EventStreamTransport(wiring).open(Target(url).request("sse", last_event_id))


async def refusal_of(url: str, wiring: Wiring = WIRING) -> Ending:
    with pytest.raises(Ended) as ended:
        await open_to(url, wiring)
    return ended.value.ending


async def read_out(url: str, wiring: Wiring = WIRING) -> tuple[list[Batch], Ending]:
    channel, batches = await open_to(url, wiring), list[Batch]()
    try:
        async with asyncio.timeout(DEADLINE):
            while True:
                batches.append(await channel.receive())
    except Ended as ended:
        return batches, ended.ending
    finally:
        await channel.close()


@asynccontextmanager
async def answering(data: bytes) -> AsyncIterator[str]:
    """A server that answers every request with these bytes, then closes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(data)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def breaks_a_record(listener: socket.socket, context: ssl.SSLContext) -> None:
    """Answer one request with an event and half of TLS, as a server does whose write timed out."""
    tls = context.wrap_socket(listener.accept()[0], server_side=True)
    tls.recv(65536)
    tls.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\ndata: a\n\n\r\n")
    with socket.socket(fileno=tls.detach()) as tcp:
        tcp.sendall(b"\x17\x03\x03\x00\x20" + bytes(32))


async def test_broken_record_of_tls_is_an_abort() -> None:
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(server)
    authority.configure_trust(client)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(asyncio.to_thread(breaks_a_record, listener, server))
        url = f"https://localhost:{listener.getsockname()[1]}"
        batches, ending = await read_out(url, replace(WIRING, tls=client))
        await serving

    assert len(batches) == 1
    assert ending.cause is Cause.ABORTED


async def test_batch_tells_events_position_and_retry(stage: Stage) -> None:
    stage.always["sse"] = write(b'retry: 1\nretry: 1500\nid: 7\ndata: {"id":"e-7"}\n\nid: 8\n\n')

    batches, _ = await read_out(stage.url)

    events = [message.event.id for batch in batches for message in batch.messages]
    assert events == ["e-7"]
    assert batches[0].messages[0].position == "7"
    assert batches[-1].position == "8"
    assert [batch.retry for batch in batches if batch.retry] == [1.5]


async def test_comment_is_a_sign_of_life_without_events(stage: Stage) -> None:
    stage.always["sse"] = write(b": heartbeat\n\n", then="hold")
    channel = await open_to(stage.url)

    batch = await channel.receive()
    await channel.close()

    assert batch == Batch((), "", None)


async def test_request_asks_for_an_event_stream_not_from_a_cache(stage: Stage) -> None:
    channel = await open_to(stage.url, last_event_id="e é")
    await channel.close()

    fields = stage.requests[0][1].headers
    assert fields["Accept"] == "text/event-stream"
    assert fields["Cache-Control"] == "no-store"
    assert fields["Last-Event-ID"] == "e é"


async def test_id_of_the_previous_connection_carries_over(stage: Stage) -> None:
    stage.always["sse"] = write(b"data: a\n\n")
    channel = await open_to(stage.url, last_event_id="e-7")

    batch = await channel.receive()
    await channel.close()

    assert batch.position == "e-7"


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\n:a\n\r\n0\r\n\r\n", Cause.CLOSED),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\n:a\n\r\n", Cause.ABORTED),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\n:a\n", Cause.ABORTED),
        (HEAD + b"Content-Length: 9\r\n\r\n:a\n", Cause.ABORTED),
        # RFC 9112 6.3: without a length the end of the connection is the end of the body.
        (HEAD + b"Connection: close\r\n\r\n:a\n", Cause.CLOSED),
    ],
    ids=["last chunk", "no last chunk", "half a chunk", "too short", "until close"],
)
async def test_end_of_the_body_and_an_abort_are_told_apart(data: bytes, cause: Cause) -> None:
    async with answering(data) as url:
        batches, ending = await read_out(url)

    assert len(batches) == 1
    assert ending.cause is cause


async def test_body_that_is_not_in_its_encoding_was_cut_off() -> None:
    head = HEAD + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n"
    async with answering(head + b"not gzip at all") as url:
        _, ending = await read_out(url)

    assert ending.cause is Cause.ABORTED


async def test_silence_is_an_ending(stage: Stage) -> None:
    stage.always["sse"] = write(then="hold")

    _, ending = await read_out(stage.url, Wiring(replace(QUICK, watchdog_seconds=0.01)))

    assert ending.cause is Cause.SILENT


async def test_redirect_is_not_followed(stage: Stage) -> None:
    stage.always["sse"] = refuse(302, Location="/elsewhere")

    ending = await refusal_of(stage.url)

    assert (ending.cause, ending.status, len(stage.requests)) == (Cause.REFUSED, 302, 1)
    assert ending.location.endswith("/elsewhere")


async def test_refusal_carries_its_reason(stage: Stage) -> None:
    problem = refuse(400, '{"detail":"empty filter"}', Content_Type="application/problem+json")
    stage.always["sse"] = problem

    assert (await refusal_of(stage.url)).detail == "refused: 400 Bad Request: empty filter"


async def test_endless_reason_is_not_read_to_the_end(stage: Stage) -> None:
    stage.always["sse"] = refuse(400, "x" * 500_000, Content_Type="application/problem+json")

    assert (await refusal_of(stage.url)).detail == "refused: 400 Bad Request"


async def test_no_answer_in_time_is_a_timeout(stage: Stage) -> None:
    stage.always["sse"] = never_answer

    ending = await refusal_of(stage.url, Wiring(replace(QUICK, open_timeout=0.05)))

    assert (ending.cause, ending.detail) == (Cause.TIMEOUT, "no answer within 0.05 s")


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n"])
async def test_answer_that_is_no_http_is_broken(answer: bytes) -> None:
    async with answering(answer) as url:
        ending = await refusal_of(url)

    assert ending.cause is Cause.BROKEN
    assert ending.detail.startswith("no valid answer: ")


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


async def test_cookies_of_the_server_are_not_kept(stage: Stage) -> None:
    stage.always["sse"] = refuse(503, Set_Cookie="state=1")
    for _ in range(2):
        await refusal_of(stage.url)

    assert "Cookie" not in stage.requests[1][1].headers


@pytest.mark.parametrize("http", ["1.1", "2"])
async def test_another_address_is_dialled_under_the_same_name(http: HttpVersion) -> None:
    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("app.example").configure_cert(server)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    async with staged(server) as stage:
        wiring = Wiring(QUICK, trust, connect_to=dial(stage), http=http)

        await (await open_to("https://app.example:8443", wiring)).close()

        assert stage.requests[0][1].headers.getall("Host") == ["app.example:8443"]


async def test_untrusted_certificate_is_unreachable() -> None:
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("localhost").configure_cert(server)
    async with staged(server) as stage:
        ending = await refusal_of(stage.url, Wiring(QUICK, ssl.create_default_context()))

    assert ending.cause is Cause.UNREACHABLE
    assert "certificate verify failed" in ending.detail
