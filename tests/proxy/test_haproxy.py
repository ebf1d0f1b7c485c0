"""The good configuration of HAProxy, judged with the real binary between two stand-ins."""

import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from proxy.definitions import definition
from proxy.faults import CATALOGUE, apply, recognised
from proxy.launch import Launcher
from proxy.process import ProcessRuntime
from proxy.programs import find
from proxy.run import Run
from proxy.running import Running
from proxy.template import render
from tests.proxy.standin import UPGRADE, Head, StandIn, ask, connected, read_until, says

HAPROXY = definition("haproxy")
OF_HAPROXY = [name for product, name in CATALOGUE if product == "haproxy"]
SESSION = "Cookie: authentik_proxy_0123abcd=good"
ACCEPT = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # HAProxy answers 502 without it
ANSWERS = {
    "ping": says("204 No Content"),
    "good": says("200 OK", "X-authentik-uid: true", "Set-Cookie: b=1", "Set-Cookie: a=2"),
    "nameless": says("200 OK"),
    "broken": says("503 Service Unavailable"),
    "hung-up": b"",
    "led-away": says("302 Found", "Location: /elsewhere"),
    "": says("401 Unauthorized", "Set-Cookie: stale=; Max-Age=0"),
}


class Ground(NamedTuple):
    haproxy: Running
    origin: StandIn
    outpost: StandIn


def judge(head: Head, connection: socket.socket) -> None:
    said = head.target + (head.value("cookie") or "")
    answer = next(answer for name, answer in ANSWERS.items() if name in said)
    connection.sendall(answer) if answer else connection.shutdown(socket.SHUT_RDWR)


def serve(head: Head, connection: socket.socket) -> None:
    if not head.value("upgrade"):
        connection.sendall(says("200 OK", "Set-Cookie: own=1", body="ok"))
        return
    switch = says("101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", ACCEPT)
    connection.sendall(switch + b"first")
    connection.sendall(connection.recv(5))


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, files: Mapping[str, str]) -> Iterator[Ground]:
    with (
        StandIn(serve) as origin,
        StandIn(judge) as outpost,
        Run.begin(base=tmp_path_factory.mktemp("haproxy") / "base") as run,
        Launcher(run, ProcessRuntime(run)) as launcher,
    ):
        values = {"ORIGIN": f"127.0.0.1:{origin.port}", "OUTPOST": f"127.0.0.1:{outpost.port}"}
        yield Ground(launcher.start(HAPROXY, values, files), origin, outpost)


def seen(ground: Ground, target: str, *fields: str) -> Head:
    """Send a request and return the head that the origin saw."""
    before = len(ground.origin.heads)
    answer = ask(ground.haproxy.port, target, *fields)
    assert len(ground.origin.heads) == before + 1, answer
    return ground.origin.heads[-1]


@pytest.mark.parametrize("protocol", ["h2c", "foo"])
def test_no_other_protocol_is_upgraded(ground: Ground, protocol: str) -> None:
    head = seen(ground, "/", SESSION, f"Upgrade: {protocol}", "Connection: Upgrade")

    assert head.value("upgrade") is head.value("connection") is None


def test_of_several_protocols_the_origin_may_choose_one(ground: Ground) -> None:
    head = seen(ground, "/", SESSION, "Upgrade: websocket, h2c", *UPGRADE[1:])

    assert (head.values("upgrade"), head.values("connection")) == (["websocket"], ["upgrade"])


def test_client_names_no_field_that_the_origin_should_drop(ground: Ground) -> None:
    head = seen(ground, "/", SESSION, "Connection: X-authentik-uid, keep-alive")

    assert head.value("connection") is None
    assert head.values("x-authentik-uid") == ["true"]


@pytest.mark.parametrize("field", ["X-authentik-uid", "x-AUTHENTIK-meta-app", "X_authentik_uid"])
def test_identity_of_nobody_cannot_be_forged(ground: Ground, field: str) -> None:
    head = seen(ground, "/", "Cookie: s=nameless", f"{field}: forged", f"{field}: forged")

    assert "forged" not in [value for _, value in head.fields]


def test_what_a_client_says_of_earlier_hops_is_not_believed(ground: Ground) -> None:
    names = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")

    head = seen(ground, "/", SESSION, *(f"{name}: lie" for name in names))

    assert "lie" not in [value for _, value in head.fields]


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        ("authentik_proxy_0123abcd=good", None),
        ("authentik_proxy_0123abcd=good; a=1", "a=1"),
        ("a=1; authentik_proxy_0123abcd=good", "a=1"),
        ('a==1;b="2; authentik_proxy_0123abcd=good; c=3; d', 'a==1;b="2; c=3; d'),
        ("authentik_proxy_0123abcd=good; authentik_proxy_1=b", None),
        ("a=1;authentik_proxy_0123abcd=good; authentik_proxy_1=b;c=3", "a=1;c=3"),
        ("not_authentik_proxy_0123abcd=good", "not_authentik_proxy_0123abcd=good"),
        ("a=authentik_proxy_0123abcd=good", "a=authentik_proxy_0123abcd=good"),
    ],
)
def test_session_cookie_stays_outside_and_the_others_as_they_are(
    ground: Ground, sent: str, arrives: str | None
) -> None:
    assert seen(ground, "/", f"Cookie: {sent}").value("cookie") == arrives


def test_question_has_what_the_outpost_needs_and_nothing_of_the_handshake(ground: Ground) -> None:
    seen(ground, "/api/ws?x=1", SESSION, "X-Original-URI: /allowed", "Authorization: B", *UPGRADE)
    question = ground.outpost.heads[-1]

    public = f"https://localhost:{ground.haproxy.port}"
    assert question.line == "HEAD /outpost.goauthentik.io/auth/nginx HTTP/1.1"
    assert question.values("x-original-url") == [f"{public}/api/ws?x=1"]
    assert SESSION.endswith(question.values("cookie")[0])
    assert question.values("authorization") == ["B"]
    assert {"upgrade", "connection", "content-length", "x-original-uri"}.isdisjoint(
        name.lower() for name, _ in question.fields
    )


@pytest.mark.parametrize("fields", [(), UPGRADE], ids=["page", "upgrade"])
def test_cookies_of_the_outpost_arrive_in_order(ground: Ground, fields: tuple[str, ...]) -> None:
    answer = ask(ground.haproxy.port, "/", SESSION, *fields)

    assert answer.values("set-cookie") == [*([] if fields else ["own=1"]), "b=1", "a=2"]


@pytest.mark.parametrize("fields", [UPGRADE, ("Accept: text/event-stream",)], ids=["ws", "sse"])
def test_anonymous_stream_is_refused_without_a_place_to_go(
    ground: Ground, fields: tuple[str, ...]
) -> None:
    answer = ask(ground.haproxy.port, "/api/events", *fields)

    assert "401" in answer.line
    assert answer.value("location") is None
    assert answer.values("set-cookie") == ["stale=; Max-Age=0"]


def test_anonymous_page_is_led_to_the_login_and_back(ground: Ground) -> None:
    answer = ask(ground.haproxy.port, "/x?a=1&b=2", "Accept: text/html")

    back = f"https%3A%2F%2Flocalhost%3A{ground.haproxy.port}%2Fx%3Fa%3D1%26b%3D2"
    assert "302" in answer.line
    assert answer.value("location") == f"/outpost.goauthentik.io/start?rd={back}"
    assert answer.values("set-cookie") == ["stale=; Max-Age=0"]


@pytest.mark.parametrize("answer", ["broken", "led-away", "hung-up"])
@pytest.mark.parametrize("fields", [(), UPGRADE], ids=["page", "upgrade"])
def test_gate_that_fails_lets_nobody_in(
    ground: Ground, answer: str, fields: tuple[str, ...]
) -> None:
    assert "503" in ask(ground.haproxy.port, "/", f"Cookie: s={answer}", *fields).line


def test_plain_http_is_a_variant(ground: Ground, files: Mapping[str, str], tmp_path: Path) -> None:
    values = {
        "ORIGIN": f"127.0.0.1:{ground.origin.port}",
        "OUTPOST": f"127.0.0.1:{ground.outpost.port}",
    }
    with Run.begin(base=tmp_path / "base") as run, Launcher(run, ProcessRuntime(run)) as launcher:
        plain = launcher.start(HAPROXY, values, files, scheme="http")
        answer = ask(plain.port, "/api/ws", SESSION, *UPGRADE, tls=False)

    assert "101" in answer.line
    assert ground.origin.heads[-1].value("x-forwarded-proto") == "http"


def test_question_cannot_be_asked_by_a_client(ground: Ground) -> None:
    answer = ask(ground.haproxy.port, "/outpost.goauthentik.io/auth/nginx", SESSION)

    assert "404" in answer.line


def test_reload_keeps_an_open_stream(ground: Ground) -> None:
    with connected(ground.haproxy.port) as connection:
        lines = ["GET /api/ws HTTP/1.1", "Host: localhost", SESSION, *UPGRADE, "", ""]
        connection.sendall("\r\n".join(lines).encode())
        read_until(connection, b"first")
        ground.haproxy.reload()
        connection.sendall(b"again")

        assert read_until(connection, b"again") == b"again"


def judgement(config: str, folder: Path, files: Mapping[str, str], scheme: str = "https") -> str:
    command, [lua] = HAPROXY.command, HAPROXY.beside
    assert command is not None
    for name, text in files.items():
        (folder / f"{name}.pem").write_text(text)
    (folder / lua.name.removesuffix(".in")).write_text(lua.read_text())
    values = {**HAPROXY.schemes[scheme], "LISTEN": "127.0.0.1:1", "IDLE_MS": "1000"}
    values |= {name: f"{folder}/{name}.pem" for name in files}
    values |= {"ORIGIN": "127.0.0.1:2", "OUTPOST": "127.0.0.1:3"}
    values |= {"FOLDER": str(folder), "SCHEME": scheme}
    path = folder / "haproxy.cfg"
    path.write_text(render(config, values, "haproxy.cfg.in"))
    check = [part.format(config=path) for part in command.check]
    said = subprocess.run(
        [find(command.executable), *check], capture_output=True, text=True, check=False
    )
    return f"{said.returncode} {said.stdout}{said.stderr}"


def template() -> str:
    assert HAPROXY.config is not None
    return HAPROXY.config.read_text()


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_haproxy_accepts_the_good_configuration(
    tmp_path: Path, files: Mapping[str, str], scheme: str
) -> None:
    said = judgement(template(), tmp_path, files, scheme)

    assert said.startswith("0 ")
    assert "WARNING" not in said


@pytest.mark.parametrize("name", OF_HAPROXY)
def test_haproxy_accepts_the_fault(name: str, tmp_path: Path, files: Mapping[str, str]) -> None:
    fault = CATALOGUE["haproxy", name]
    wrong = apply(fault, template(), "haproxy.cfg.in")

    assert judgement(wrong, tmp_path, files).startswith("0 ")
    assert fault in recognised("haproxy", wrong)


def test_good_configuration_shows_no_fault() -> None:
    assert recognised("haproxy", template()) == []
