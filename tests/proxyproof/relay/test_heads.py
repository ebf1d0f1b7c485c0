import asyncio

import pytest
from websockets.exceptions import InvalidStatus

from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.scripts import SWITCH, Scripted, saying
from tests.proxyproof.relay.hop import Relayed

EVENTS = {"Accept": "text/event-stream"}


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


async def test_what_follows_the_101_is_lost(relayed: Relayed, scripted: Scripted) -> None:
    hop = await relayed(
        "loses-bytes-after-101", target=await scripted(saying(SWITCH + b"\r\nfirst bytes"))
    )
    async with hop.raw() as raw:
        await raw.send(hop.upgrade("/ws"))
        await raw.head()
        raw.writer.write_eof()

        assert await raw.rest() == b""


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
