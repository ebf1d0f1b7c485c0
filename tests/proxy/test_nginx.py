"""The good configuration of nginx, judged with the real binary between two stand-ins."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from proxy.definitions import definition
from proxy.launch import Launcher
from proxy.process import ProcessRuntime
from proxy.run import Run
from proxy.running import Running
from tests.proxy.standin import UPGRADE, Head, StandIn, ask, connected, read_head, read_until, says

SESSION = "Cookie: authentik_proxy_0123abcd=good"
NAMES = ("username", "groups", "entitlements", "email", "name", "uid", "jwt")
META = ("meta-jwks", "meta-outpost", "meta-provider", "meta-app", "meta-version")
IDENTITY = [f"X-authentik-{name}" for name in (*NAMES, *META)]


class Ground(NamedTuple):
    nginx: Running
    origin: StandIn
    outpost: StandIn


def judge(head: Head, connection: socket.socket) -> None:
    cookies = head.value("cookie") or ""
    fields = [f"{name}: true" for name in IDENTITY]
    if head.target.endswith("/ping"):
        answer = says("204 No Content")
    elif "good" in cookies or head.value("authorization"):
        answer = says("200 OK", *fields, "Set-Cookie: refreshed=1; Path=/")
    elif "many" in cookies:
        answer = says("200 OK", f"X-authentik-groups: {'|'.join(['g' * 100] * 200)}")
    elif "nameless" in cookies:
        answer = says("200 OK")
    elif "broken" in cookies:
        answer = says("503 Service Unavailable")
    else:
        answer = says("401 Unauthorized", "Set-Cookie: stale=; Max-Age=0")
    connection.sendall(answer)


def serve(head: Head, connection: socket.socket) -> None:
    if head.value("upgrade"):
        switch = says("101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
        connection.sendall(switch + b"first")
        connection.sendall(connection.recv(5))
    elif head.target.startswith("/refused"):
        connection.sendall(says("401 Unauthorized", "X-From: origin", body="no"))
    else:
        connection.sendall(says("200 OK", "Set-Cookie: a=1", "Set-Cookie: b=2", body="ok"))


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, files: Mapping[str, str]) -> Iterator[Ground]:
    with (
        StandIn(serve) as origin,
        StandIn(judge) as outpost,
        Run.begin(base=tmp_path_factory.mktemp("nginx") / "base") as run,
        Launcher(run, ProcessRuntime(run)) as launcher,
    ):
        values = {"ORIGIN": f"127.0.0.1:{origin.port}", "OUTPOST": f"127.0.0.1:{outpost.port}"}
        yield Ground(launcher.start(definition("nginx"), values, files), origin, outpost)


def seen(ground: Ground, target: str, *fields: str, method: str = "GET") -> Head:
    """Send a request and return the head that the origin saw."""
    before = len(ground.origin.heads)
    answer = ask(ground.nginx.port, target, *fields, method=method)
    assert len(ground.origin.heads) == before + 1, answer
    return ground.origin.heads[-1]


@pytest.mark.parametrize("spelling", ["websocket", "WebSocket", "WEBSOCKET"])
def test_handshake_reaches_the_origin(ground: Ground, spelling: str) -> None:
    head = seen(ground, "/api/ws", SESSION, *UPGRADE[1:], f"Upgrade: {spelling}")

    assert (head.value("upgrade"), head.value("connection")) == (spelling, "upgrade")
    assert head.value("sec-websocket-key") is not None


def test_bytes_after_101_arrive(ground: Ground) -> None:
    with connected(ground.nginx.port) as connection:
        lines = ["GET /api/ws HTTP/1.1", "Host: localhost", SESSION, *UPGRADE, "", ""]
        connection.sendall("\r\n".join(lines).encode())
        head = read_head(connection)

        assert head is not None
        assert "101" in head.line
        assert read_until(connection, b"first") == b"first"


@pytest.mark.parametrize("protocol", ["h2c", "websocket, h2c", "foo"])
def test_no_other_protocol_is_upgraded(ground: Ground, protocol: str) -> None:
    head = seen(ground, "/", SESSION, f"Upgrade: {protocol}", "Connection: Upgrade")

    assert head.value("upgrade") is None


def test_plain_request_keeps_the_connection_to_the_origin_alive(ground: Ground) -> None:
    head = seen(ground, "/", SESSION)

    assert head.line == "GET / HTTP/1.1"
    assert head.value("connection") is None


def test_path_and_query_go_on_byte_for_byte(ground: Ground) -> None:
    target = "/x//y/%2e%2e/z%2Fw?a=1;b=2&c=%2F%20+%C3%A9"

    assert seen(ground, target, SESSION).target == target


def test_forwarded_fields_are_true_and_those_of_the_client_are_not_believed(
    ground: Ground,
) -> None:
    lies = ("X-Forwarded-Host: evil", "X-Forwarded-Proto: ws", "X-Forwarded-For: 9.9.9.9")

    head = seen(ground, "/", SESSION, *lies)

    public = f"localhost:{ground.nginx.port}"
    assert head.values("host") == head.values("x-forwarded-host") == [public]
    assert head.values("x-forwarded-proto") == ["https"]
    assert head.values("x-forwarded-for") == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        ('a=b=c; x="y z"', 'a=b=c; x="y z"'),
        ("authentik_proxy_0123abcd=good", None),
        ("authentik_proxy_0123abcd=good; a=1", "a=1"),
        ("a=1; authentik_proxy_0123abcd=good", "a=1"),
        ('a==1;b="2; authentik_proxy_0123abcd=good; c=3; d', 'a==1;b="2; c=3; d'),
        ("not_authentik_proxy_0123abcd=good", "not_authentik_proxy_0123abcd=good"),
        ("a=authentik_proxy_0123abcd=good", "a=authentik_proxy_0123abcd=good"),
    ],
)
def test_session_cookie_stays_outside_and_the_others_as_they_are(
    ground: Ground, sent: str, arrives: str | None
) -> None:
    head = seen(ground, "/", f"Cookie: {sent}", "Authorization: Bearer x")

    assert head.value("cookie") == arrives


def test_session_cookie_reaches_the_outpost(ground: Ground) -> None:
    seen(ground, "/api/ws?x=1", SESSION, "X-Original-URI: /allowed", *UPGRADE)
    question = ground.outpost.heads[-1]

    assert question.line == "GET /outpost.goauthentik.io/auth/nginx HTTP/1.1"
    assert question.value("cookie") == SESSION.removeprefix("Cookie: ")
    assert question.values("x-original-url") == [
        f"https://localhost:{ground.nginx.port}/api/ws?x=1"
    ]
    assert question.value("x-original-uri") is None
    assert question.value("upgrade") is question.value("connection") is None


def test_question_has_no_body(ground: Ground) -> None:
    seen(ground, "/api/loops", SESSION, "Content-Length: 0", method="POST")
    question = ground.outpost.heads[-1]

    assert question.line.startswith("GET ")
    assert question.value("content-length") is None


@pytest.mark.parametrize("field", IDENTITY)
def test_identity_is_the_word_of_the_outpost(ground: Ground, field: str) -> None:
    head = seen(ground, "/", SESSION, f"{field}: forged", f"{field.lower()}: forged")

    assert head.values(field) == ["true"]


@pytest.mark.parametrize("field", IDENTITY)
def test_identity_of_nobody_cannot_be_forged(ground: Ground, field: str) -> None:
    alias = field.replace("-", "_")

    head = seen(ground, "/", "Cookie: s=nameless", f"{field}: forged", f"{alias}: forged")

    assert "forged" not in [value for _, value in head.fields]


@pytest.mark.parametrize("fields", [(), UPGRADE], ids=["page", "upgrade"])
def test_cookies_of_origin_and_outpost_arrive_each_in_a_field(
    ground: Ground, fields: tuple[str, ...]
) -> None:
    answer = ask(ground.nginx.port, "/", SESSION, *fields)

    own = [] if fields else ["a=1", "b=2"]
    assert answer.values("set-cookie") == [*own, "refreshed=1; Path=/"]


@pytest.mark.parametrize("fields", [UPGRADE, ("Accept: text/event-stream",)], ids=["ws", "sse"])
def test_anonymous_stream_is_refused_without_a_place_to_go(
    ground: Ground, fields: tuple[str, ...]
) -> None:
    answer = ask(ground.nginx.port, "/api/events", *fields)

    assert "401" in answer.line
    assert answer.value("location") is None
    assert answer.value("content-type") == "text/plain"
    assert answer.values("set-cookie") == ["stale=; Max-Age=0"]


@pytest.mark.parametrize(
    ("target", "return_to"),
    [("/x?a=1", "/x?a=1"), ("/x?a=1&b=2", "/x?a=1%26b=2"), ("/?&&&&", "/?%26%26%26%26")],
)
def test_anonymous_page_is_led_to_the_login_and_back(
    ground: Ground, target: str, return_to: str
) -> None:
    answer = ask(ground.nginx.port, target, "Accept: text/html")

    public = f"https://localhost:{ground.nginx.port}"
    assert answer.value("location") == f"/outpost.goauthentik.io/start?rd={public}{return_to}"


@pytest.mark.parametrize("fields", [(), UPGRADE], ids=["page", "upgrade"])
def test_gate_that_fails_lets_nobody_in(ground: Ground, fields: tuple[str, ...]) -> None:
    answer = ask(ground.nginx.port, "/", "Cookie: s=broken", *fields)

    assert "500" in answer.line


def test_question_cannot_be_asked_by_a_client(ground: Ground) -> None:
    answer = ask(ground.nginx.port, "/outpost.goauthentik.io/auth/nginx", SESSION)

    assert "404" in answer.line


def test_refusal_of_the_origin_is_not_taken_for_one_of_the_gate(ground: Ground) -> None:
    answer = ask(ground.nginx.port, "/refused", SESSION)

    assert ("401" in answer.line, answer.value("x-from")) == (True, "origin")


def test_large_cookies_pass(ground: Ground) -> None:
    cookies = "; ".join(f"c{number}={'x' * 1000}" for number in range(12))

    head = seen(ground, "/", f"Cookie: {cookies}; authentik_proxy_0123abcd=good")

    assert head.value("cookie") == cookies


def test_large_identity_passes(ground: Ground) -> None:
    head = seen(ground, "/", "Cookie: s=many")

    assert len(head.value("x-authentik-groups") or "") > 20_000


def test_http_2_is_spoken_over_tls(ground: Ground) -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with httpx.Client(http2=True, verify=context, trust_env=False) as client:
        answer = client.get(ground.nginx.url, headers={"Cookie": "authentik_proxy_1=good; a=1"})

    assert (answer.http_version, answer.status_code) == ("HTTP/2", 200)
    assert ground.origin.heads[-1].value("cookie") == "a=1"


def test_plain_http_is_a_variant(ground: Ground, files: Mapping[str, str], tmp_path: Path) -> None:
    values = {
        "ORIGIN": f"127.0.0.1:{ground.origin.port}",
        "OUTPOST": f"127.0.0.1:{ground.outpost.port}",
    }
    with Run.begin(base=tmp_path / "base") as run, Launcher(run, ProcessRuntime(run)) as launcher:
        plain = launcher.start(definition("nginx"), values, files, scheme="http")
        answer = ask(plain.port, "/api/ws", SESSION, *UPGRADE, tls=False)

    assert "101" in answer.line
    assert ground.origin.heads[-1].value("x-forwarded-proto") == "http"


def test_reload_keeps_an_open_stream(ground: Ground) -> None:
    with connected(ground.nginx.port) as connection:
        lines = ["GET /api/ws HTTP/1.1", "Host: localhost", SESSION, *UPGRADE, "", ""]
        connection.sendall("\r\n".join(lines).encode())
        read_until(connection, b"first")
        ground.nginx.reload()
        connection.sendall(b"again")

        assert read_until(connection, b"again") == b"again"
