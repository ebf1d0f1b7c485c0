"""The good configuration of Apache httpd, judged with the real binary between two stand-ins."""

import json
import socket
import ssl
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
from proxyproof.wire.http2 import http2_connection
from tests.proxy.standin import UPGRADE, Head, StandIn, ask, connected, read_until, says

HTTPD = definition("httpd")
OF_HTTPD = [name for product, name in CATALOGUE if product == "httpd"]
TOKEN = "Authorization: Bearer of-alice"
CLAIMS = {"active": True, "sub": "alice", "groups": ["a", "b"]}
ACCEPT = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
SECRETS = {"CLIENT_ID": "id", "CLIENT_SECRET": "secret", "COOKIE_SECRET": "s" * 32}


class Ground(NamedTuple):
    httpd: Running
    origin: StandIn


def answer_as_provider(head: Head, connection: socket.socket) -> None:
    """Give the provider's metadata, or what it knows of a token."""
    issuer = f"http://{head.value('host')}"
    names = ("authorization", "token", "introspection")
    said: Mapping[str, object] = {f"{name}_endpoint": f"{issuer}/{name}" for name in names}
    said = {"issuer": issuer, "jwks_uri": f"{issuer}/jwks", **said}
    if head.line.startswith("POST"):
        token = connection.recv(int(head.value("content-length") or 0))
        said = CLAIMS if b"of-alice" in token else {"active": False}
    connection.sendall(says("200 OK", "Content-Type: application/json", body=json.dumps(said)))


def serve(head: Head, connection: socket.socket) -> None:
    if not head.value("upgrade"):
        connection.sendall(says("200 OK", "Set-Cookie: a=1", "Set-Cookie: b=2", body="ok"))
        return
    switch = says("101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", ACCEPT)
    connection.sendall(switch + b"first")
    connection.sendall(connection.recv(5))


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, files: Mapping[str, str]) -> Iterator[Ground]:
    with (
        StandIn(serve) as origin,
        StandIn(answer_as_provider) as provider,
        Run.begin(base=tmp_path_factory.mktemp("httpd") / "base") as run,
        Launcher(run, ProcessRuntime(run)) as launcher,
    ):
        values = {"ORIGIN": f"127.0.0.1:{origin.port}", "EXTERNAL": "https://localhost", **SECRETS}
        values["ISSUER"] = f"http://127.0.0.1:{provider.port}"
        yield Ground(launcher.start(HTTPD, values, files), origin)


def seen(ground: Ground, target: str, *fields: str) -> Head:
    """Send a request and return the head that the origin saw."""
    before = len(ground.origin.heads)
    answer = ask(ground.httpd.port, target, TOKEN, *fields)
    assert len(ground.origin.heads) == before + 1, answer
    return ground.origin.heads[-1]


@pytest.mark.parametrize("protocol", ["h2c", "foo"])
def test_no_other_protocol_is_upgraded(ground: Ground, protocol: str) -> None:
    head = seen(ground, "/", f"Upgrade: {protocol}", "Connection: Upgrade")

    assert head.value("upgrade") is None


def test_identity_is_the_word_of_the_provider(ground: Ground) -> None:
    head = seen(ground, "/", "X-authentik-username: forged", "X-authentik-groups: forged")

    assert head.values("x-authentik-username") == head.values("x-authentik-uid") == ["alice"]
    assert head.values("x-authentik-groups") == ["a|b"]


@pytest.mark.parametrize("field", ["x-AUTHENTIK-meta-app", "X-authentik-jwt", "X_authentik_uid"])
def test_identity_cannot_be_forged(ground: Ground, field: str) -> None:
    head = seen(ground, "/", f"{field}: forged", f"{field}: forged")

    assert "forged" not in [value for _, value in head.fields]


def test_nothing_but_the_identity_fields_tells_what_the_provider_said(ground: Ground) -> None:
    names = {name.lower() for name, _ in seen(ground, "/").fields}

    assert not [name for name in names if name.startswith("oidc")]
    assert "authorization" not in names


def test_what_a_client_says_of_earlier_hops_is_not_believed(ground: Ground) -> None:
    names = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server")

    head = seen(ground, "/", *(f"{name}: lie" for name in names))

    assert "lie" not in "".join(value for _, value in head.fields)
    assert head.values("x-forwarded-proto") == ["https"]


@pytest.mark.parametrize("piece", ["", "_chunks", "_0"])
def test_session_cookie_stays_outside(ground: Ground, piece: str) -> None:
    head = seen(ground, "/", f"Cookie: a==1; mod_auth_openidc_session{piece}=x; b")

    assert head.values("cookie") == ["a==1; b"]


@pytest.mark.parametrize("fields", [UPGRADE, ("Accept: text/event-stream",)], ids=["ws", "sse"])
def test_anonymous_stream_is_refused_without_a_place_to_go(
    ground: Ground, fields: tuple[str, ...]
) -> None:
    answer = ask(ground.httpd.port, "/api/events", *fields)

    assert "401" in answer.line
    assert answer.value("location") is answer.value("set-cookie") is None


def test_anonymous_page_is_led_to_the_login(ground: Ground) -> None:
    answer = ask(ground.httpd.port, "/x?a=1", "Accept: text/html")

    assert "302" in answer.line
    assert "/authorization?response_type=code" in (answer.value("location") or "")


def test_reload_keeps_an_open_stream(ground: Ground) -> None:
    with connected(ground.httpd.port) as connection:
        lines = ["GET /api/ws HTTP/1.1", "Host: localhost", TOKEN, *UPGRADE, "", ""]
        connection.sendall("\r\n".join(lines).encode())
        read_until(connection, b"first")
        ground.httpd.reload()
        connection.sendall(b"again")

        assert read_until(connection, b"again") == b"again"


async def test_extended_connect_is_not_offered(ground: Ground) -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    async with http2_connection("localhost", ground.httpd.port, context) as connection:
        assert not connection.enable_connect_protocol


def judgement(config: str, folder: Path, files: Mapping[str, str], scheme: str = "https") -> str:
    command = HTTPD.command
    assert command is not None
    for name, text in files.items():
        (folder / f"{name}.pem").write_text(text)
    values = {**HTTPD.schemes[scheme], **HTTPD.defaults, **SECRETS, "IF_ROOT": "", "SCHEME": scheme}
    values |= {name: f"{folder}/{name}.pem" for name in files} | {"FOLDER": str(folder)}
    values |= {"ISSUER": "http://127.0.0.1:2", "ORIGIN": "127.0.0.1:3", "LISTEN": "127.0.0.1:4"}
    values["EXTERNAL"] = f"{scheme}://localhost:4"
    path = folder / "httpd.conf"
    path.write_text(render(config, values, "httpd.conf.in"))
    check = [part.format(config=path) for part in command.check]
    said = subprocess.run(
        [find(command.executable), *check], capture_output=True, text=True, check=False
    )
    return f"{said.returncode} {said.stdout}{said.stderr}"


def template() -> str:
    assert HTTPD.config is not None
    return HTTPD.config.read_text()


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_httpd_accepts_the_good_configuration(
    tmp_path: Path, files: Mapping[str, str], scheme: str
) -> None:
    assert judgement(template(), tmp_path, files, scheme).startswith("0 ")


@pytest.mark.parametrize("name", OF_HTTPD)
def test_httpd_accepts_the_fault(name: str, tmp_path: Path, files: Mapping[str, str]) -> None:
    fault = CATALOGUE["httpd", name]
    wrong = apply(fault, template(), "httpd.conf.in")

    assert judgement(wrong, tmp_path, files).startswith("0 ")
    assert fault in recognised("httpd", wrong)


def test_good_configuration_shows_no_fault() -> None:
    assert recognised("httpd", template()) == []


def test_httpd_without_a_module_says_which(tmp_path: Path, files: Mapping[str, str]) -> None:
    missing = template().replace("/mod_auth_openidc.so", "/mod_no_such.so")

    said = judgement(missing, tmp_path, files)

    assert said.startswith("1 ")
    assert "Cannot load /usr/lib/apache2/modules/mod_no_such.so" in said
