import pytest
from websockets.exceptions import InvalidHandshake, InvalidHeader, NegotiationError

from tests.proxyproof.origin.drive import (
    UPGRADE,
    event_source,
    http,
    raw,
    refused,
    serving,
    websocket,
)

GOOD = UPGRADE.format(target="/api/ws")


async def answered(fault: str, request: str) -> str:
    async with serving(fault) as origin, await raw(origin, request) as connection:
        return (await connection.head()).partition("\r\n")[0]


async def test_case_sensitive_upgrade_refuses_other_spellings_only() -> None:
    other = GOOD.replace("websocket", "WebSocket")

    assert " 101 " in await answered("case-sensitive-upgrade", GOOD)
    assert " 426 " in await answered("case-sensitive-upgrade", other)


async def test_malformed_101_has_the_wrong_accept_value() -> None:
    async with serving("malformed-101") as origin:
        with pytest.raises(InvalidHeader, match="Sec-WebSocket-Accept"):
            async with websocket(origin):
                pass


async def test_invents_subprotocol_names_what_nobody_offered() -> None:
    async with serving("invents-subprotocol") as origin:
        with pytest.raises((NegotiationError, InvalidHandshake)):
            async with websocket(origin):
                pass


async def test_drops_subprotocol_answers_none() -> None:
    async with serving("drops-subprotocol") as origin:
        origin.scripts["t"].subprotocols = ("v1",)
        async with websocket(origin, "/api/ws?case=t", subprotocols=["v1"]) as ws:
            assert ws.connection.subprotocol is None


async def test_error_as_200_changes_the_status_only() -> None:
    async with serving("error-as-200") as origin, http(origin) as client:
        answer = await client.get("/api/loops/nobody/events")

        assert (answer.status_code, answer.json()["status"]) == (200, 404)
        assert (await refused(origin, "/api/ws?loopId=")).status_code == 200


async def test_turns_503_into_403_leaves_others_alone() -> None:
    async with serving("turns-503-into-403") as origin, http(origin) as client:
        for status, expected in ((503, 403), (401, 401)):
            origin.scripts["t"].refuse = status
            assert (await client.get("/api/events?case=t")).status_code == expected


@pytest.mark.parametrize(
    ("fault", "expected"), [("merges-set-cookie", ["a=1, b=2"]), ("set-cookie-dropped", [])]
)
async def test_cookies_of_the_origin_are_merged_or_dropped(fault: str, expected: list[str]) -> None:
    async with serving(fault) as origin:
        script = origin.scripts["t"]
        script.fields += [("X-Other", "stays"), ("Set-Cookie", "a=1"), ("set-cookie", "b=2")]
        async with event_source(origin, "/api/events?case=t") as stream:
            over_sse = stream.response.headers
        async with websocket(origin, "/api/ws?case=t") as ws:
            assert ws.connection.response is not None
            over_ws = ws.connection.response.headers

        assert over_sse.get_list("Set-Cookie") == over_ws.get_all("Set-Cookie") == expected
        assert over_sse["X-Other"] == "stays"


async def test_merges_set_cookie_invents_none() -> None:
    async with serving("merges-set-cookie") as origin, event_source(origin) as stream:
        assert "Set-Cookie" not in stream.response.headers


async def test_rewrites_content_type_says_text() -> None:
    async with serving("rewrites-content-type") as origin, event_source(origin) as stream:
        assert stream.response.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert stream.response.headers["X-Accel-Buffering"] == "no"


async def test_redirects_slash_moves_the_stream_urls() -> None:
    async with serving("redirects-slash") as origin, http(origin) as client:
        moved = await client.get("/api/events?a=1")
        upgrade = await raw(origin, GOOD)
        async with upgrade:
            assert " 308 " in (await upgrade.head()).partition("\r\n")[0]

        assert (moved.status_code, moved.headers["Location"]) == (308, "/api/events/?a=1")
        async with websocket(origin, "/api/ws/") as ws:
            assert (await ws.next())["type"] == "connected"
