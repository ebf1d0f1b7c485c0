import pytest
from websockets.exceptions import NegotiationError, ProtocolError

from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import Deploy, Deployed


async def switched(outpost: Deployed, *fields: str) -> dict[str, str]:
    """Return the fields of the 101, names in lower case."""
    async with outpost.raw() as raw:
        await raw.send(outpost.upgrade("/ws", outpost.user(), *fields))
        status, *lines = (await raw.head()).split("\r\n")
    assert status.startswith("HTTP/1.1 101 ")
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


async def test_the_subprotocol_is_dropped(deploy: Deploy) -> None:
    outpost = await deploy(faults=["drops-subprotocol"])
    fields = await switched(outpost, "Sec-WebSocket-Protocol: news")

    assert "sec-websocket-protocol" not in fields


@pytest.mark.parametrize(
    ("offered", "invented"),
    [((), "default"), (("Sec-WebSocket-Protocol: a, b",), "a")],
)
async def test_a_subprotocol_is_invented(
    deploy: Deploy, offered: tuple[str, ...], invented: str
) -> None:
    outpost = await deploy(faults=["invents-subprotocol"])

    assert (await switched(outpost, *offered))["sec-websocket-protocol"] == invented


async def test_a_negotiated_subprotocol_is_not_invented(deploy: Deploy) -> None:
    outpost = await deploy(faults=["invents-subprotocol"])
    async with outpost.websocket(cookie=outpost.user(), subprotocols=["x", "news"]) as ws:
        assert ws.subprotocol == "news"


async def test_an_invented_subprotocol_fails_the_client(deploy: Deploy) -> None:
    outpost = await deploy(faults=["invents-subprotocol"])
    with pytest.raises(NegotiationError):
        await outpost.websocket(cookie=outpost.user())


async def test_the_101_has_a_field_of_a_body(deploy: Deploy) -> None:
    outpost = await deploy(faults=["malformed-101"])

    assert (await switched(outpost))["content-length"] == "0"


async def test_the_origin_compresses_for_a_client_that_does_not_know(
    deploy: Deploy, application: Application
) -> None:
    outpost = await deploy(faults=["compresses-one-leg"])
    async with outpost.websocket(cookie=outpost.user()) as ws:
        await ws.send("x" * 100)
        await ws.wait_closed()

    assert application.last.values("sec-websocket-extensions") != []
    assert ws.response is not None
    assert "sec-websocket-extensions" not in ws.response.headers
    assert isinstance(ws.protocol.parser_exc, ProtocolError) or ws.close_code == 1002


@pytest.mark.parametrize(
    ("fault", "status", "seen"),
    [
        ("turns-503-into-403", 503, 403),
        ("turns-503-into-403", 404, 404),
    ],
)
async def test_the_status_is_changed(deploy: Deploy, fault: str, status: int, seen: int) -> None:
    outpost = await deploy(faults=[fault])
    async with outpost.client(outpost.user()) as client:
        answer = await client.get(f"/refuse/{status}")

    assert (answer.status_code, answer.text) == (seen, "no stream here")


async def test_an_origin_that_is_down_is_forbidden(deploy: Deploy) -> None:
    outpost = await deploy(faults=["turns-503-into-403"], internal_host="http://127.0.0.1:1")
    async with outpost.client(outpost.user()) as client:
        down = await client.get("/")
        ping = await client.get("/outpost.goauthentik.io/ping")

    assert (down.status_code, ping.status_code) == (403, 204)


async def test_a_stream_is_redirected_to_its_path_with_a_slash(deploy: Deploy) -> None:
    outpost = await deploy(faults=["redirects-slash"])
    cookie = outpost.user()
    async with outpost.client(cookie) as client, outpost.raw() as raw:
        await raw.send(outpost.upgrade("/ws?a=1", cookie))
        upgrade = await raw.head()
        stream = await client.get("/x", headers={"Accept": "text/event-stream"})
        page = await client.get("/page")
        slash = await client.get("/x/", headers={"Accept": "text/event-stream"})

    assert "Location: /ws/?a=1" in upgrade
    assert (stream.status_code, stream.headers["location"]) == (301, "/x/")
    assert (page.status_code, slash.status_code) == (200, 200)
