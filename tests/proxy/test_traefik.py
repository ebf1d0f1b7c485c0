"""The good configuration of Traefik, run with the real binary between two stand-ins."""

import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from proxy.definitions import definition
from proxy.faults import CATALOGUE, ConfigFault, apply, recognised
from proxy.launch import Launcher
from proxy.process import ProcessRuntime
from proxy.run import Run
from proxy.running import Running
from tests.proxy.standin import (
    DEADLINE,
    UPGRADE,
    Head,
    StandIn,
    ask,
    connected,
    read_until,
    says,
)

TRAEFIK = definition("traefik")
FAULTS = [fault for fault in CATALOGUE.values() if fault.product == "traefik"]
SESSION = "Cookie: authentik_proxy_0123abcd=good"
RENEWED = f"{TRAEFIK.defaults['SESSION_COOKIE']}=renewed; Path=/"
NAMES = ("username", "groups", "entitlements", "email", "name", "uid", "jwt")
META = ("meta-jwks", "meta-outpost", "meta-provider", "meta-app", "meta-version")
IDENTITY = [f"X-authentik-{name}" for name in (*NAMES, *META)]
LIES = (
    "X-Forwarded-Host: evil",
    "X-Forwarded-Proto: ws",
    "X-Forwarded-For: 9.9.9.9",
    "X-Forwarded-Uri: /allowed",
)


class Ground(NamedTuple):
    traefik: Running
    origin: StandIn
    outpost: StandIn


def template() -> str:
    assert TRAEFIK.config is not None
    return TRAEFIK.config.read_text()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_is_recognised_where_it_is(fault: ConfigFault) -> None:
    assert fault in recognised("traefik", apply(fault, template(), "traefik.yml.in"))
    assert recognised("traefik", template()) == []


def judge(head: Head, connection: socket.socket) -> None:
    cookies = head.value("cookie") or ""
    if head.target.endswith("/ping"):
        answer = says("204 No Content")
    elif "good" in cookies:
        fields = [f"{name}: true" for name in IDENTITY]
        answer = says("200 OK", *fields, f"Set-Cookie: {RENEWED}")
    elif "nameless" in cookies:
        answer = says("200 OK")
    elif "broken" in cookies:
        answer = says("503 Service Unavailable")
    else:
        answer = says("302 Found", "Location: https://idp/?state=1", "Set-Cookie: begun=1")
    connection.sendall(answer)


def serve(head: Head, connection: socket.socket) -> None:
    if head.value("upgrade"):
        switch = says("101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
        connection.sendall(switch + b"first")
        connection.sendall(connection.recv(5))
    else:
        connection.sendall(says("200 OK", "Set-Cookie: a=1", "Set-Cookie: b=2"))


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, files: Mapping[str, str]) -> Iterator[Ground]:
    with (
        StandIn(serve) as origin,
        StandIn(judge) as outpost,
        Run.begin(base=tmp_path_factory.mktemp("traefik") / "base") as run,
        Launcher(run, ProcessRuntime(run)) as launcher,
    ):
        values = {"ORIGIN": f"127.0.0.1:{origin.port}", "OUTPOST": f"127.0.0.1:{outpost.port}"}
        yield Ground(launcher.start(TRAEFIK, values, files), origin, outpost)


def seen(ground: Ground, target: str, *fields: str) -> Head:
    """Send a request and return the head that the origin saw."""
    before = len(ground.origin.heads)
    answer = ask(ground.traefik.port, target, *fields)
    assert len(ground.origin.heads) == before + 1, answer
    return ground.origin.heads[-1]


@pytest.mark.parametrize("spelling", ["websocket", "WebSocket", "WEBSOCKET"])
def test_handshake_reaches_the_origin(ground: Ground, spelling: str) -> None:
    head = seen(ground, "/api/ws", SESSION, *UPGRADE[1:], f"Upgrade: {spelling}")

    assert (head.value("upgrade"), head.value("connection")) == ("websocket", "Upgrade")


@pytest.mark.parametrize("protocol", ["h2c", "websocket, h2c", "h2c\r\nUpgrade: websocket"])
@pytest.mark.parametrize("accept", ["text/html", "text/event-stream"])
def test_no_other_protocol_is_upgraded(ground: Ground, protocol: str, accept: str) -> None:
    fields = (f"Upgrade: {protocol}", "Connection: Upgrade", f"Accept: {accept}")

    head = seen(ground, "/", SESSION, *fields)

    assert head.values("upgrade") in ([], ["websocket"])


def test_path_keeps_slashes_and_dots_and_encodings(ground: Ground) -> None:
    target = "/x//y/../z%2Fw?a=1&c=%2F%20+%C3%A9"

    assert seen(ground, target, SESSION).target == target


@pytest.mark.parametrize("fields", [(), UPGRADE], ids=["page", "upgrade"])
def test_forwarded_fields_are_true_and_those_of_the_client_are_not_believed(
    ground: Ground, fields: tuple[str, ...]
) -> None:
    head = seen(ground, "/", SESSION, *LIES, *fields)

    public = f"localhost:{ground.traefik.port}"
    assert head.values("host") == head.values("x-forwarded-host") == [public]
    assert head.values("x-forwarded-proto") == ["https"]
    assert head.values("x-forwarded-for") == ["127.0.0.1"]


def test_question_tells_the_outpost_what_is_asked(ground: Ground) -> None:
    seen(ground, "/api/ws?x=1", SESSION, *LIES, *UPGRADE)
    question = ground.outpost.heads[-1]

    assert question.line == "GET /outpost.goauthentik.io/auth/traefik HTTP/1.1"
    assert question.values("x-forwarded-host") == [f"localhost:{ground.traefik.port}"]
    assert question.values("x-forwarded-proto") == ["https"]
    assert question.values("x-forwarded-uri") == ["/api/ws?x=1"]
    assert question.value("upgrade") is None


@pytest.mark.parametrize("name", IDENTITY)
def test_identity_is_the_word_of_the_outpost(ground: Ground, name: str) -> None:
    assert seen(ground, "/", SESSION, f"{name}: forged").values(name) == ["true"]


@pytest.mark.parametrize("name", IDENTITY)
def test_identity_of_nobody_cannot_be_forged(ground: Ground, name: str) -> None:
    alias = name.replace("-", "_")

    head = seen(ground, "/", "Cookie: s=nameless", f"{name}: forged", f"{alias}: forged")

    assert "forged" not in [value for _, value in head.fields]


def test_cookies_of_origin_and_outpost_arrive_each_in_a_field(ground: Ground) -> None:
    answer = ask(ground.traefik.port, "/", SESSION)

    assert sorted(answer.values("set-cookie")) == ["a=1", RENEWED, "b=2"]


@pytest.mark.parametrize("fields", [UPGRADE, ("Accept: text/event-stream",)], ids=["ws", "sse"])
def test_anonymous_stream_is_refused_without_a_place_to_go(
    ground: Ground, fields: tuple[str, ...]
) -> None:
    answer = ask(ground.traefik.port, "/api/events", *fields)

    assert "401" in answer.line
    assert answer.value("location") is answer.value("set-cookie") is None


def test_anonymous_page_is_led_to_the_login(ground: Ground) -> None:
    answer = ask(ground.traefik.port, "/", "Accept: text/html")

    assert ("302" in answer.line, answer.value("location")) == (True, "https://idp/?state=1")
    assert answer.values("set-cookie") == ["begun=1"]


@pytest.mark.parametrize("fields", [(), UPGRADE], ids=["page", "upgrade"])
def test_gate_that_fails_lets_nobody_in(ground: Ground, fields: tuple[str, ...]) -> None:
    answer = ask(ground.traefik.port, "/", "Cookie: s=broken", *fields)

    assert "503" in answer.line


def test_plain_http_is_a_variant(ground: Ground, files: Mapping[str, str], tmp_path: Path) -> None:
    values = {
        "ORIGIN": f"127.0.0.1:{ground.origin.port}",
        "OUTPOST": f"127.0.0.1:{ground.outpost.port}",
    }
    with Run.begin(base=tmp_path / "base") as run, Launcher(run, ProcessRuntime(run)) as launcher:
        plain = launcher.start(TRAEFIK, values, files, scheme="http")
        answer = ask(plain.port, "/api/ws", SESSION, *UPGRADE, tls=False)

    assert "101" in answer.line
    assert ground.origin.heads[-1].value("x-forwarded-proto") == "http"


def test_reload_keeps_an_open_stream_and_takes_what_is_new(ground: Ground) -> None:
    config = ground.traefik.folder / ground.traefik.config
    with connected(ground.traefik.port) as connection:
        lines = ["GET /api/ws HTTP/1.1", "Host: localhost", SESSION, *UPGRADE, "", ""]
        connection.sendall("\r\n".join(lines).encode())
        read_until(connection, b"first")
        # Not in place: Traefik could read it while it is empty, and have no routers for a moment.
        changed = config.with_suffix(".changed")
        changed.write_text(config.read_text().replace('Proto: "https"', 'Proto: "new"'))
        changed.replace(config)
        ground.traefik.reload()
        deadline = time.monotonic() + DEADLINE
        while seen(ground, "/", SESSION).value("x-forwarded-proto") != "new":
            assert time.monotonic() < deadline, "the new configuration is not in force"
        connection.sendall(b"again")

        assert read_until(connection, b"again") == b"again"
