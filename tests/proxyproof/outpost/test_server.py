import asyncio
from pathlib import Path

import pytest
import trustme

from proxyproof.outpost.server import Outpost
from proxyproof.outpost.settings import SettingsError, parse
from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.deployment import Deploy

PING = "/outpost.goauthentik.io/ping"


async def test_ping_is_answered_for_any_host(deploy: Deploy) -> None:
    # contract 1.1: before the lookup
    outpost = await deploy()
    async with outpost.client() as client:
        answer = await client.get(PING, headers={"Host": "elsewhere.test"})

    assert (answer.status_code, answer.content) == (204, b"")


async def test_a_host_without_application_is_told_so(deploy: Deploy) -> None:
    # contract 1.1: 400, JSON with message, host and detail
    outpost = await deploy()
    async with outpost.client() as client:
        answer = await client.get("/", headers={"Host": "elsewhere.test"})

    assert answer.status_code == 400
    assert set(answer.json()) == {"message", "host", "detail"}
    assert answer.json()["host"] == "elsewhere.test"


async def test_under_go_the_only_application_serves_every_host(deploy: Deploy) -> None:
    # contract 1.1
    outpost = await deploy(profile="go-2025.12")
    async with outpost.client(outpost.user()) as client:
        answer = await client.get("/", headers={"Host": "elsewhere.test"})

    assert answer.status_code == 200


async def test_an_old_request_without_host_has_no_application(deploy: Deploy) -> None:
    outpost = await deploy(profile="go-2025.12")
    async with outpost.raw() as raw:
        await raw.send(f"GET / HTTP/1.0\r\nCookie: {outpost.user()}\r\n\r\n")

        assert (await raw.head()).startswith("HTTP/1.1 400 ")


async def test_rust_says_on_every_response_who_it_is(deploy: Deploy) -> None:
    # contract 1.2
    outpost = await deploy()
    async with outpost.client(outpost.user()) as client:
        ours, proxied = await client.get(PING), await client.get("/")

    assert [r.headers["x-powered-by"] for r in (ours, proxied)] == ["authentik", "authentik"]


async def test_go_says_it_on_proxied_responses(deploy: Deploy) -> None:
    # contract 1.2
    outpost = await deploy(profile="go-2025.12")
    async with outpost.client(outpost.user()) as client:
        ours, proxied = await client.get(PING), await client.get("/")

    assert "x-powered-by" not in ours.headers
    assert proxied.headers["x-powered-by"] == "goauthentik.io"


async def test_streams_end_with_their_session_if_asked_to(
    deploy: Deploy, application: Application
) -> None:
    # contract section 2: the real ones let them live
    outpost = await deploy(quirks={"ends_streams": True})
    async with outpost.websocket(cookie=outpost.user()) as ws:
        outpost.outpost.store.end("alice")
        await asyncio.wait_for(ws.wait_closed(), 5)
    await asyncio.wait_for(application.left.wait(), 5)

    assert ws.close_code == 1006


async def test_streams_outlive_their_session_otherwise(deploy: Deploy) -> None:
    # contract section 2: authentication is checked once, when the request starts
    outpost = await deploy()
    async with outpost.websocket(cookie=outpost.user()) as ws:
        outpost.outpost.store.end("alice")
        await ws.send("still there")

        assert await ws.recv() == "still there"


async def test_sessions_that_have_run_out_are_swept(deploy: Deploy) -> None:
    outpost = await deploy(quirks={"sweep_seconds": 0.01})
    swept = asyncio.Event()
    outpost.outpost.store.on_end.append(lambda _: swept.set())
    outpost.user(seconds=0)
    await asyncio.wait_for(swept.wait(), 5)

    assert list(outpost.outpost.store) == []


async def test_stopping_drops_open_streams(deploy: Deploy, application: Application) -> None:
    outpost = await deploy()
    async with outpost.websocket(cookie=outpost.user()) as ws:
        await outpost.outpost.stop()
        await asyncio.wait_for(ws.wait_closed(), 5)

        assert ws.close_code == 1006


async def test_it_is_served_over_tls_and_reaches_a_tls_upstream(
    deploy: Deploy, tmp_path: Path
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    files = {
        "tls_cert": str(tmp_path / "cert.pem"),
        "tls_key": str(tmp_path / "key.pem"),
        "internal_ca": str(tmp_path / "ca.pem"),
    }
    inner = await deploy(**files, profile="go-2025.12")
    outer = await deploy(internal_host=f"https://127.0.0.1:{inner.outpost.port}")
    unverified = await deploy(
        internal_host=f"https://127.0.0.1:{inner.outpost.port}", internal_host_ssl_validation=False
    )
    trusting = await deploy(
        internal_host=f"https://127.0.0.1:{inner.outpost.port}", internal_ca=files["internal_ca"]
    )
    statuses = []
    for outpost in (outer, unverified, trusting):
        async with outpost.client(outpost.user()) as client:
            statuses.append((await client.get("/outpost.goauthentik.io/elsewhere")).status_code)

    assert statuses == [502, 302, 302]


async def test_a_failed_start_leaves_nothing_listening(deploy: Deploy) -> None:
    outpost = await deploy()
    taken = f"127.0.0.1:{outpost.outpost.port}"
    half = Outpost(parse({**MINIMAL, "control": taken}))
    with pytest.raises(SettingsError):
        await half.start()

    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", half.port)


async def test_it_runs_without_a_control_listener() -> None:
    async with Outpost(parse(MINIMAL)) as outpost:
        assert outpost.control_port == 0


async def test_a_taken_port_is_named(deploy: Deploy) -> None:
    outpost = await deploy()
    settings = outpost.outpost.settings
    taken = Outpost(parse({**MINIMAL, "listen": f"127.0.0.1:{outpost.outpost.port}"}))

    with pytest.raises(SettingsError, match=rf"cannot listen on 127.0.0.1:{outpost.outpost.port}"):
        await taken.start()
    assert settings.listen == ("127.0.0.1", 0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tls_cert": "no.pem", "tls_key": "no.pem"}, "cannot use no.pem"),
        ({"internal_host": "https://x", "internal_ca": "no.pem"}, "cannot read the CA no.pem"),
        ({"issuer": "https://x", "issuer_ca": "no.pem"}, "cannot read the CA no.pem"),
    ],
)
async def test_a_certificate_that_cannot_be_used_is_named(
    changes: dict[str, str], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        await Outpost(parse({**MINIMAL, **changes})).start()


MINIMAL = {
    "listen": "127.0.0.1:0",
    "external_host": "http://app.test",
    "internal_host": "http://127.0.0.1:1",
    "client_id": "x",
    "client_secret": "y",
    "cookie_secret": "0123456789abcdef0123456789abcdef",
    "issuer": "http://127.0.0.1:1",
}
