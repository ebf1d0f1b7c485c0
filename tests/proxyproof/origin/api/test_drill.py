import pytest
from httpx import AsyncClient

from tests.proxyproof.origin.drive import ALICE, BOB, closed, event_source, http, serving, websocket


async def offers(client: AsyncClient) -> object:
    return (await client.get("/api/health")).json()["transports"]["websocket"]


async def test_the_streams_of_a_case_are_cut_without_a_close() -> None:
    async with (
        serving() as origin,
        http(origin) as client,
        websocket(origin, "/api/ws?case=a") as cut,
        websocket(origin, "/api/ws?case=b") as other,
    ):
        answer = await client.post("/api/drill/cut?case=a")
        await closed(origin, token="a")
        left = [stream.token for stream in origin.streams]
        ending = await cut.ended()
        await other.next()

    assert answer.json() == {"cut": 1}
    assert left == ["b"]
    assert ending == (1006, "")


async def test_an_event_stream_is_cut_too() -> None:
    async with (
        serving() as origin,
        http(origin) as client,
        event_source(origin, "/api/events?case=a") as stream,
    ):
        await stream.block()
        answer = await client.post("/api/drill/cut?case=a")
        await closed(origin, token="a")

    assert answer.json() == {"cut": 1}


async def test_nobody_cuts_the_streams_of_another_user() -> None:
    async with (
        serving() as origin,
        http(origin) as client,
        websocket(origin, "/api/ws?case=a", ALICE),
    ):
        answer = await client.post("/api/drill/cut?case=a", headers=BOB)

    assert answer.json() == {"cut": 0}


async def test_a_cut_without_a_case_is_refused() -> None:
    async with serving() as origin, http(origin) as client, websocket(origin):
        answer = await client.post("/api/drill/cut")
        open_streams = len(origin.streams)

    assert (answer.status_code, open_streams) == (400, 1)


async def test_a_transport_is_withdrawn_and_restored() -> None:
    body = {"transport": "websocket"}
    async with serving() as origin, http(origin) as client:
        await client.post("/api/drill/withdraw", json=body)
        withdrawn = await offers(client)
        await client.post("/api/drill/restore", json=body)
        restored = await offers(client)

    assert (withdrawn, restored) == (False, True)


@pytest.mark.parametrize("body", [{}, {"transport": "pigeon"}, {"transport": ["websocket"]}])
@pytest.mark.parametrize("act", ["withdraw", "restore"])
async def test_what_is_no_transport_is_refused(act: str, body: dict[str, object]) -> None:
    async with serving() as origin, http(origin) as client:
        answer = await client.post(f"/api/drill/{act}", json=body)

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:proxyproof:problem:malformed-fields"


@pytest.mark.parametrize("act", ["cut?case=a", "withdraw", "restore"])
async def test_no_page_of_another_origin_may_ask_for_it(act: str) -> None:
    foreign = {"Origin": "https://evil.example"}
    async with serving() as origin, http(origin) as client:
        answer = await client.post(
            f"/api/drill/{act}", json={"transport": "websocket"}, headers=foreign
        )
        offered = await offers(client)

    assert (answer.status_code, offered) == (403, True)


@pytest.mark.parametrize("act", ["cut?case=a", "withdraw", "restore"])
async def test_an_operator_can_forbid_it_and_the_page_is_told(act: str) -> None:
    async with serving(drills=False) as origin, http(origin) as client:
        told = (await client.get("/api/drill")).json()
        answer = await client.post(f"/api/drill/{act}", json={"transport": "websocket"})
        offered = await offers(client)

    assert told == {"drills": False}
    assert (answer.status_code, offered) == (403, True)


async def test_the_page_is_told_that_there_is_one() -> None:
    async with serving() as origin, http(origin) as client:
        told = (await client.get("/api/drill")).json()

    assert told == {"drills": True}
