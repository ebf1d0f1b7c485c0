import asyncio

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.frames import Frame
from proxyproof.relay.faults import coalesces_1s
from proxyproof.relay.faults.answers_pings import AnswersPings
from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.scripts import SWITCH, Scripted, saying
from tests.proxyproof.relay.hop import Relayed

WHOLE = b"data: first\n\ndata: second\n\n"
HELD = ["buffers-all", "buffers-4k", "holds-headers", "coalesces-1s", "cached-stream"]
EVENTS = {"Accept": "text/event-stream"}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coalesces_1s, "INTERVAL", 0.05)


@pytest.mark.parametrize("fault", HELD)
async def test_what_is_held_arrives_whole_in_the_end(
    relayed: Relayed, application: Application, fault: str
) -> None:
    hop = await relayed(fault)
    application.gate.set()
    async with hop.client() as client:
        events, large = await client.get("/events"), await client.get("/large")

    assert (events.content, len(large.content)) == (WHOLE, 10_000)


@pytest.mark.parametrize("fault", ["buffers-all", "buffers-4k"])
async def test_an_event_is_held_until_the_end(
    relayed: Relayed, application: Application, fault: str
) -> None:
    hop = await relayed(fault)
    async with (
        hop.client() as client,
        hop.client() as other,
        client.stream("GET", "/events") as stream,
    ):
        first = asyncio.ensure_future(anext(stream.aiter_raw()))
        await asyncio.wait_for(application.wrote.wait(), 5)
        await other.get("/later")  # what was written before this has had its time
        assert not first.done()
        application.gate.set()

        assert await first == WHOLE


async def test_an_abort_is_still_told_by_a_hop_with_a_timer(relayed: Relayed) -> None:
    hop = await relayed("coalesces-1s")
    async with hop.client() as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/abort")


async def test_the_head_waits_for_the_first_byte(
    relayed: Relayed, application: Application
) -> None:
    hop = await relayed("holds-headers")
    async with hop.raw() as raw, hop.client() as other:
        await raw.send(hop.get("/events?silent"))
        answer = asyncio.create_task(raw.head())
        await asyncio.wait_for(application.wrote.wait(), 5)
        await other.get("/later")  # the head was sent before this
        assert not answer.done()
        application.gate.set()

        assert (await answer).startswith("HTTP/1.1 200 ")


@pytest.mark.parametrize(("method", "whole"), [("GET", False), ("POST", True)])
async def test_only_a_get_is_streamed(relayed: Relayed, method: str, whole: bool) -> None:
    hop = await relayed("streams-get-only")
    async with hop.client() as client:
        answer = await client.request(method, "/", content=b"sent" if whole else None)

    assert answer.text == ("sent" if whole else "hello")


@pytest.mark.parametrize("fault", ["cuts-after", "stream-idle-timeout"])
async def test_a_stream_is_cut(relayed: Relayed, fault: str) -> None:
    hop = await relayed(fault, seconds=0.1, idle=0.1)
    async with hop.client() as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/events")


@pytest.mark.parametrize("fault", ["cuts-after", "stream-idle-timeout"])
async def test_a_tunnel_is_cut_too(relayed: Relayed, fault: str) -> None:
    hop = await relayed(fault, seconds=0.1, idle=0.1)
    async with hop.websocket() as ws:
        await ws.send("hello")
        assert await ws.recv() == "hello"
        await asyncio.wait_for(ws.wait_closed(), 5)

    assert ws.close_code == 1006


@pytest.mark.parametrize("fault", ["cuts-after", "stream-idle-timeout"])
async def test_what_is_short_is_not_cut(relayed: Relayed, fault: str) -> None:
    hop = await relayed(fault, seconds=5, idle=5)
    async with hop.client() as client:
        assert (await client.get("/")).text == "hello"


@pytest.mark.parametrize("faults", [[], ["orphans-upstream"]])
async def test_the_origin_of_an_event_stream_is_not_told_that_the_client_has_gone(
    relayed: Relayed, application: Application, faults: list[str]
) -> None:
    hop = await relayed(*faults)
    async with hop.raw() as raw:
        await raw.send(hop.get("/events"))
        await raw.head()
    if faults:
        application.gate.set()
    await asyncio.wait_for(application.left.wait(), 5)

    assert application.undisturbed is bool(faults)


async def test_the_origin_of_a_websocket_is_not_told_that_the_client_has_gone(
    relayed: Relayed, application: Application
) -> None:
    hop = await relayed("orphans-upstream")
    async with hop.raw() as raw:
        await raw.send(hop.upgrade("/ws"))
        await raw.head()
    async with hop.client() as client:
        await client.get("/")  # the end of the first connection was seen before this

        assert not application.left.is_set()


@pytest.mark.parametrize("stop", [True, False])
async def test_an_orphan_ends_with_the_relay_or_the_origin(
    relayed: Relayed, scripted: Scripted, stop: bool
) -> None:
    left = asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nbegun")
        await writer.drain()
        await break_off.wait()
        if stop:
            await reader.read()
        writer.write(b"more")
        writer.transport.abort()
        left.set()

    break_off = asyncio.Event()
    hop = await relayed("orphans-upstream", target=await scripted(script))
    async with hop.raw() as raw:
        await raw.send(hop.get("/"))
        await raw.head()
    break_off.set()
    if stop:
        await hop.relay.stop()

    await asyncio.wait_for(left.wait(), 5)


async def test_the_origins_end_of_a_tunnel_is_still_told(relayed: Relayed) -> None:
    hop = await relayed("orphans-upstream")
    async with hop.websocket() as ws:
        await ws.send("bye")
        await asyncio.wait_for(ws.wait_closed(), 5)

    assert ws.close_code == 4401


async def test_a_ping_does_not_reach_the_peer(relayed: Relayed) -> None:
    hop = await relayed("drops-pings")
    async with hop.websocket() as ws:
        answered = asyncio.ensure_future(await ws.ping())
        await ws.send("after")

        assert await ws.recv() == "after"
        assert not answered.done()
        answered.cancel()


@pytest.mark.parametrize(
    ("faults", "payload"), [([], b"answered by the application"), (["answers-pings"], b"mine")]
)
async def test_a_ping_is_answered_in_the_peers_place(
    relayed: Relayed, faults: list[str], payload: bytes
) -> None:
    hop = await relayed(*faults)
    async with hop.raw() as raw:
        await raw.send(hop.upgrade("/ws?manual"))
        await raw.head()
        await raw.send(Frame(0x89, b"mine", b"\0\0\0\1").as_bytes().decode("latin-1"))

        assert await raw.take(2 + len(payload)) == Frame(0x8A, payload).as_bytes()


def test_a_ping_of_the_origin_is_answered_with_a_mask() -> None:
    tunnel = AnswersPings(Channel(), Channel(), half_close=True)
    (answer,) = tunnel.answers(Frame(0x89, b"x"))

    assert (answer.opcode, answer.payload, bool(answer.mask)) == (0xA, b"x", True)
    assert tunnel.answers(Frame(0x81, b"x")) == []


@pytest.mark.parametrize(
    ("fault", "sent", "seen"),
    [
        ("alters-opcode", "text", b"text"),
        ("alters-opcode", b"binary", b"binary"),
        ("truncates-4k", b"x" * 5000, b"x" * 4096),
        ("truncates-4k", b"short", b"short"),
    ],
)
async def test_a_message_is_changed(
    relayed: Relayed, fault: str, sent: str | bytes, seen: bytes
) -> None:
    hop = await relayed(fault)
    async with hop.websocket(compression=None) as ws:
        await ws.send(sent)

        assert await ws.recv() == seen


async def test_fragments_are_swapped(relayed: Relayed) -> None:
    hop = await relayed("reorders-fragments")
    async with hop.websocket(compression=None) as ws:
        await ws.send(["one ", "two ", "three"])
        swapped = await ws.recv()
        await ws.send("whole")

        assert (swapped, await ws.recv()) == ("two one three", "whole")


async def test_a_control_frame_between_fragments_passes(relayed: Relayed) -> None:
    hop = await relayed("reorders-fragments")
    mask = b"\0\0\0\1"
    async with hop.raw() as raw:
        await raw.send(hop.upgrade("/ws"))
        await raw.head()
        parts = [Frame(0x01, b"one", mask), Frame(0x89, b"p", mask), Frame(0x80, b"two", mask)]
        await raw.send(b"".join(part.as_bytes() for part in parts).decode("latin-1"))
        expected = Frame(0x8A, b"p").as_bytes() + Frame(0x81, b"twoone").as_bytes()

        assert await raw.take(len(expected)) == expected


async def test_a_body_is_cut_as_well(relayed: Relayed) -> None:
    hop = await relayed("truncates-4k")
    async with hop.client() as client:
        with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):
            await client.get("/large")


async def test_what_follows_the_101_is_lost(relayed: Relayed, scripted: Scripted) -> None:
    hop = await relayed(
        "loses-bytes-after-101", target=await scripted(saying(SWITCH + b"\r\nfirst bytes"))
    )
    async with hop.raw() as raw:
        await raw.send(hop.upgrade("/ws"))
        await raw.head()
        raw.writer.write_eof()

        assert await raw.rest() == b""


@pytest.mark.parametrize(("path", "status"), [("/refuse/404", 200), ("/x", 200)])
async def test_an_error_becomes_a_success(relayed: Relayed, path: str, status: int) -> None:
    hop = await relayed("error-as-200")
    async with hop.client() as client:
        assert (await client.get(path)).status_code == status


async def test_an_event_stream_becomes_plain_text(
    relayed: Relayed, application: Application
) -> None:
    hop = await relayed("rewrites-content-type")
    application.gate.set()
    async with hop.client() as client:
        answer = await client.get("/events")

    assert answer.headers["content-type"] == "text/plain"


async def test_last_event_id_is_dropped(relayed: Relayed, application: Application) -> None:
    hop = await relayed("drops-last-event-id")
    async with hop.client() as client:
        await client.get("/", headers={"Last-Event-ID": "e-1", "X-Other": "1"})

    assert application.last.values("last-event-id") == []
    assert application.last.values("x-other") == ["1"]


async def test_an_upgrade_arrives_as_an_ordinary_request(
    relayed: Relayed, application: Application
) -> None:
    hop = await relayed("strips-upgrade")
    async with hop.raw() as raw, hop.client() as client:
        await raw.send(hop.upgrade("/"))
        head = await raw.head()
        await client.get("/x", headers={"Connection": "close"})
    upgrade, page = application.heads

    assert head.startswith("HTTP/1.1 200 ")
    assert (upgrade.values("upgrade"), upgrade.values("connection")) == ([], [])
    assert page.values("connection") == ["close"]


async def test_an_upgrade_is_forbidden_before_the_origin(
    relayed: Relayed, application: Application
) -> None:
    hop = await relayed("edge-blocks-upgrade")
    with pytest.raises(InvalidStatus, match="HTTP 403"):
        await hop.websocket()
    async with hop.client() as client:
        page = await client.get("/ws")

    assert page.status_code == 400  # it is no upgrade, says the application itself
    assert len(application.heads) == 1


async def test_the_second_client_is_given_the_stream_of_the_first(
    relayed: Relayed, application: Application
) -> None:
    hop = await relayed("cached-stream")
    application.gate.set()
    async with hop.client(**EVENTS) as client:
        first, second = await client.get("/events"), await client.get("/events")
        other = await client.get("/events?other")

    assert (second.content, second.headers["age"]) == (first.content, "1")
    assert "age" not in other.headers
    assert [head.target for head in application.heads] == ["/events", "/events?other"]


async def test_an_error_and_what_is_too_much_are_not_stored(
    relayed: Relayed, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxyproof.relay.faults.cached_stream.MOST", 4096)
    hop = await relayed("cached-stream")
    async with hop.client(**EVENTS) as client:
        sizes = [len((await client.get("/large")).content) for _ in range(2)]
        errors = [(await client.get("/refuse/503")).status_code for _ in range(2)]

    assert sizes[0] == 10_000 > sizes[1]
    assert (errors, len(application.heads)) == ([503, 503], 3)


@pytest.mark.parametrize(("faults", "times"), [([], 1), (["repeats-request"], 2)])
async def test_a_post_that_was_not_answered_is_sent_again(
    relayed: Relayed, scripted: Scripted, faults: list[str], times: int
) -> None:
    heads: list[bytes] = []

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.transport.abort()

    hop = await relayed(*faults, target=await scripted(script))
    async with hop.client() as client:
        answer = await client.post("/")

    assert (answer.status_code, len(heads)) == (502, times)


async def test_content_is_transformed(relayed: Relayed, scripted: Scripted) -> None:
    page = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<p>\r\n</body>"

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(page)
        await writer.drain()

    hop = await relayed("transforms-content", target=await scripted(script))
    async with hop.client() as client:
        answer = await client.get("/")

    assert answer.text == "<p>\n<script>/* seen */</script></body>"
