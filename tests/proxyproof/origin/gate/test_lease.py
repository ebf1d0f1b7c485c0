import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from proxyproof.origin import LeaseSettings, Origin
from proxyproof.origin.gate.lease import Answer, read_answer
from tests.proxyproof.origin.drive import closed, event_source, serving, websocket


class Outpost:
    """Answers every question about a session with one status."""

    def __init__(self) -> None:
        self.status = 200
        self.asked: list[web.Request] = []
        self.was_asked = asyncio.Event()

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        self.was_asked.set()
        return web.Response(status=self.status, headers={"Location": "/login"})


@asynccontextmanager
async def leased(
    *faults: str, grace: float = 60.0, port: int | None = None, **settings: object
) -> AsyncIterator[tuple[Origin, Outpost]]:
    outpost = Outpost()
    app = web.Application()
    app.router.add_get("/auth", outpost.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{site.port if port is None else port}/auth"
    lease = LeaseSettings(url, interval=0.02, grace=grace, timeout=1.0)
    try:
        async with serving(*faults, lease=lease, **settings) as origin:
            yield origin, outpost
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, Answer.STANDS),
        (204, Answer.STANDS),
        (302, Answer.ENDED),
        (401, Answer.ENDED),
        (403, Answer.ENDED),
        (404, Answer.UNKNOWN),
        (429, Answer.UNKNOWN),
        (503, Answer.UNKNOWN),
    ],
)
def test_an_answer_is_read_from_its_status(status: int, answer: Answer) -> None:
    assert read_answer(status) is answer


async def test_the_question_carries_the_credentials_of_the_stream() -> None:
    async with leased() as (origin, outpost):
        fields: dict[str, Any] = {"Cookie": "session=1", "Authorization": "Bearer x"}
        fields |= {"X-Forwarded-Host": "app.example", "X-Forwarded-Proto": "https"}
        async with websocket(origin, "/api/ws?case=t", fields):
            await asyncio.wait_for(outpost.was_asked.wait(), 5)
        asked = outpost.asked[0].headers

        assert (asked["Cookie"], asked["Authorization"]) == ("session=1", "Bearer x")
        assert asked["X-Original-URL"] == "https://app.example/api/ws?case=t"


TOLD = {"X-authentik-username": "alice", "X-authentik-jwt": "e30.e30.e30"}


@pytest.mark.parametrize(
    ("cookie", "authorization"),
    [("theme=dark", "Bearer e30.e30.e30"), ("authentik_proxy_a2afca31=1", None)],
)
async def test_the_token_stands_for_a_session_cookie_that_was_kept_back(
    cookie: str, authorization: str | None
) -> None:
    async with (
        leased() as (origin, outpost),
        websocket(origin, "/api/ws?case=t", {"Cookie": cookie, **TOLD}),
    ):
        await asyncio.wait_for(outpost.was_asked.wait(), 5)
        asked = outpost.asked[0].headers

        assert (asked["Cookie"], asked.get("Authorization")) == (cookie, authorization)


async def test_the_token_of_a_stranger_is_not_believed() -> None:
    async with (
        leased(trusted_peers=()) as (origin, outpost),
        websocket(origin, "/api/ws?case=t", TOLD),
    ):
        await asyncio.wait_for(outpost.was_asked.wait(), 5)

        assert "Authorization" not in outpost.asked[0].headers


async def test_the_outpost_is_asked_about_the_public_host() -> None:
    async with leased() as (origin, outpost):
        fields = {"X-Forwarded-Host": "app.example", "X-Forwarded-Proto": "https"}
        async with websocket(origin, "/api/ws?case=t", fields):
            await asyncio.wait_for(outpost.was_asked.wait(), 5)

        assert outpost.asked[0].headers["Host"] == "app.example"


async def test_a_script_puts_the_streams_of_its_case_under_a_lease() -> None:
    async with leased() as (origin, outpost), serving() as unleased:
        settings = origin.settings.lease
        async with websocket(unleased, "/api/ws?case=t") as free:
            unleased.scripts["t"].lease = settings
            async with websocket(unleased, "/api/ws?case=t") as bound:
                outpost.status = 401

                assert await bound.ended() == (4401, "session ended")
            await free.next()
            await free.say(type="ping")

            assert await free.next() == {"type": "pong"}


@pytest.mark.parametrize("status", [302, 401, 403])
async def test_the_end_of_a_session_ends_its_streams(status: int) -> None:
    async with (
        leased() as (origin, outpost),
        websocket(origin) as ws,
        event_source(origin) as stream,
    ):
        outpost.status = status

        assert await ws.ended() == (4401, "session ended")
        assert ((await stream.next()) or {})["code"] == 4401


async def test_an_outpost_that_fails_ends_no_stream_within_the_grace() -> None:
    async with leased() as (origin, outpost), websocket(origin) as ws:
        outpost.status = 503
        await ws.next()
        for _ in range(3):
            outpost.was_asked.clear()
            await asyncio.wait_for(outpost.was_asked.wait(), 5)
        await ws.say(type="ping")

        assert await ws.next() == {"type": "pong"}


async def test_an_outpost_that_stays_away_ends_streams_after_the_grace() -> None:
    async with leased(grace=0.05, port=9) as (origin, _), websocket(origin) as ws:
        assert await ws.ended() == (4401, "session could not be confirmed")


async def test_a_fault_ignores_the_lease() -> None:
    async with leased("ignores-lease") as (origin, outpost):
        outpost.status = 401
        async with websocket(origin, "/api/ws?case=t") as ws:
            await ws.next()
            await ws.say(type="ping")

            assert await ws.next() == {"type": "pong"}
        await closed(origin, token="t")
        assert outpost.asked == []
