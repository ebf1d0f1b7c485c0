"""The good configuration of Caddy: judged by Caddy itself, and run between two stand-ins."""

import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from proxy.definitions import definition
from proxy.faults import CATALOGUE, ConfigFault, apply, recognised
from proxy.launch import Launcher
from proxy.process import ProcessRuntime
from proxy.programs import find
from proxy.run import Run
from proxy.running import Running
from proxy.template import render
from tests.proxy.standin import UPGRADE, Head, StandIn, ask, connected, read_until, says

CADDY = definition("caddy")
FAULTS = [fault for fault in CATALOGUE.values() if fault.product == "caddy"]
SESSION = "Cookie: authentik_proxy_0123abcd=good"
AUTH = "/outpost.goauthentik.io/auth/caddy"
NAMES = ("username", "groups", "entitlements", "email", "name", "uid", "jwt")
META = ("meta-jwks", "meta-outpost", "meta-provider", "meta-app", "meta-version")
IDENTITY = [f"X-authentik-{name}" for name in (*NAMES, *META)]


class Ground(NamedTuple):
    caddy: Running
    origin: StandIn
    outpost: StandIn
    home: Path


def template() -> str:
    assert CADDY.config is not None
    return CADDY.config.read_text()


def says_of(config: str, scheme: str, folder: Path, files: Mapping[str, str]) -> str:
    values = {"SCHEME": scheme, "FOLDER": str(folder), **CADDY.defaults, **CADDY.schemes[scheme]}
    values |= {"LISTEN_HOST": "127.0.0.1", "LISTEN_PORT": "1"}
    values |= {"ORIGIN": "127.0.0.1:2", "OUTPOST": "127.0.0.1:3"}
    for name, text in files.items():
        (folder / name).write_text(text)
        values[name] = str(folder / name)
    path = folder / "Caddyfile"
    path.write_text(render(config, values, "Caddyfile.in"))
    assert CADDY.command is not None
    check = [part.format(config=path) for part in CADDY.command.check]
    said = subprocess.run(
        [find(CADDY.command.executable), *check], capture_output=True, text=True, check=False
    )
    return said.stdout if said.returncode == 0 else said.stderr


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_caddy_accepts_the_good_configuration(
    scheme: str, tmp_path: Path, files: Mapping[str, str]
) -> None:
    assert says_of(template(), scheme, tmp_path, files) == "Valid configuration\n"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_caddy_accepts_the_fault(
    fault: ConfigFault, tmp_path: Path, files: Mapping[str, str]
) -> None:
    wrong = apply(fault, template(), "Caddyfile.in")

    assert says_of(wrong, "https", tmp_path, files) == "Valid configuration\n"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_fault_is_recognised_where_it_is(fault: ConfigFault) -> None:
    assert fault in recognised("caddy", apply(fault, template(), "Caddyfile.in"))
    assert recognised("caddy", template()) == []


def judge(head: Head, connection: socket.socket) -> None:
    cookies = head.value("cookie") or ""
    if head.target.endswith("/ping"):
        answer = says("204 No Content")
    elif "good" in cookies:
        fields = [f"{name}: true" for name in IDENTITY]
        answer = says("200 OK", *fields, "Set-Cookie: renewed=1; Path=/")
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
    home = tmp_path_factory.mktemp("home")
    with (
        pytest.MonkeyPatch.context() as patch,
        StandIn(serve) as origin,
        StandIn(judge) as outpost,
        Run.begin(base=tmp_path_factory.mktemp("caddy") / "base") as run,
        Launcher(run, ProcessRuntime(run)) as launcher,
    ):
        patch.setenv("HOME", str(home))
        values = {"ORIGIN": f"127.0.0.1:{origin.port}", "OUTPOST": f"127.0.0.1:{outpost.port}"}
        yield Ground(launcher.start(CADDY, values, files), origin, outpost, home)


def seen(ground: Ground, *fields: str) -> Head:
    """Send a request and return the head that the origin saw."""
    before = len(ground.origin.heads)
    answer = ask(ground.caddy.port, "/", *fields)
    assert len(ground.origin.heads) == before + 1, answer
    return ground.origin.heads[-1]


@pytest.mark.parametrize("name", IDENTITY)
def test_identity_of_nobody_cannot_be_forged(ground: Ground, name: str) -> None:
    alias = name.replace("-", "_")

    head = seen(ground, "Cookie: s=nameless", f"{name}: forged", f"{alias}: forged")

    assert "forged" not in [value for _, value in head.fields]
    assert head.value(name) is None


@pytest.mark.parametrize("name", IDENTITY)
def test_identity_is_the_word_of_the_outpost(ground: Ground, name: str) -> None:
    assert seen(ground, SESSION, f"{name}: forged").values(name) == ["true"]


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        ("authentik_proxy_0123abcd=good", None),
        ("authentik_proxy_0123abcd=good; a=1", "a=1"),
        ("a=1; authentik_proxy_0123abcd=good", "a=1"),
        ('a==1;b="2; authentik_proxy_0123abcd=good; c=3; d', 'a==1;b="2; c=3; d'),
        (
            "authentik_proxy_0=1; authentik_proxy_0123abcd=good; authentik_proxy_1=2",
            None,
        ),
        ("not_authentik_proxy_0=good", "not_authentik_proxy_0=good"),
        ("a=authentik_proxy_0=good", "a=authentik_proxy_0=good"),
    ],
)
def test_session_cookie_stays_outside_and_the_others_as_they_are(
    ground: Ground, sent: str, arrives: str | None
) -> None:
    assert seen(ground, f"Cookie: {sent}").value("cookie") == arrives


@pytest.mark.parametrize("protocol", ["h2c", "websocket, h2c", "foo"])
def test_no_other_protocol_is_upgraded(ground: Ground, protocol: str) -> None:
    head = seen(ground, SESSION, f"Upgrade: {protocol}", "Connection: Upgrade")

    assert head.value("upgrade") is None


def test_forwarded_fields_of_the_client_are_not_believed(ground: Ground) -> None:
    lies = ("X-Forwarded-Host: evil", "X-Forwarded-Proto: ws", "X-Forwarded-For: 9.9.9.9")

    head = seen(ground, SESSION, *lies)
    question = ground.outpost.heads[-1]

    for each in (head, question):
        assert each.values("x-forwarded-host") == [f"localhost:{ground.caddy.port}"]
        assert each.values("x-forwarded-proto") == ["https"]
        assert each.values("x-forwarded-for") == ["127.0.0.1"]


def test_question_is_no_handshake_and_names_the_page(ground: Ground) -> None:
    ask(ground.caddy.port, "/api/ws?x=1", SESSION, "X-Forwarded-Uri: /public", *UPGRADE)
    question = ground.outpost.heads[-1]

    assert question.target.partition("?")[0] == AUTH
    assert question.values("x-forwarded-uri") == ["/api/ws?x=1"]
    assert question.value("upgrade") is question.value("connection") is None


def test_question_cannot_be_asked_by_a_client(ground: Ground) -> None:
    assert "404" in ask(ground.caddy.port, AUTH, SESSION).line


def test_anonymous_page_is_led_to_the_login(ground: Ground) -> None:
    answer = ask(ground.caddy.port, "/", "Accept: text/html")

    assert "302" in answer.line
    assert answer.value("location") == "https://idp/?state=1"
    assert answer.values("set-cookie") == ["begun=1"]


@pytest.mark.parametrize("fields", [UPGRADE, ("Accept: text/event-stream",)], ids=["ws", "sse"])
def test_anonymous_stream_is_refused_without_a_place_to_go(
    ground: Ground, fields: tuple[str, ...]
) -> None:
    answer = ask(ground.caddy.port, "/api/events", *fields)

    assert "401" in answer.line
    assert answer.value("location") is None
    assert answer.values("set-cookie") == ["begun=1"]


@pytest.mark.parametrize("fields", [(), UPGRADE], ids=["page", "upgrade"])
def test_gate_that_fails_lets_nobody_in(ground: Ground, fields: tuple[str, ...]) -> None:
    assert "503" in ask(ground.caddy.port, "/", "Cookie: s=broken", *fields).line


@pytest.mark.parametrize("fields", [(), UPGRADE], ids=["page", "upgrade"])
def test_cookies_of_origin_and_outpost_arrive_each_in_a_field(
    ground: Ground, fields: tuple[str, ...]
) -> None:
    answer = ask(ground.caddy.port, "/", SESSION, *fields)

    own = [] if fields else ["a=1", "b=2"]
    assert answer.values("set-cookie") == ["renewed=1; Path=/", *own]


def test_reload_keeps_an_open_stream(ground: Ground) -> None:
    with connected(ground.caddy.port) as connection:
        lines = ["GET /api/ws HTTP/1.1", "Host: localhost", SESSION, *UPGRADE, "", ""]
        connection.sendall("\r\n".join(lines).encode())
        read_until(connection, b"first")
        ground.caddy.reload()
        connection.sendall(b"again")

        assert read_until(connection, b"again") == b"again"


def test_nothing_is_written_outside_its_folder(ground: Ground) -> None:
    assert list(ground.home.iterdir()) == []
