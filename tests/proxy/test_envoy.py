"""The good configuration of Envoy: judged by Envoy itself, and run between two stand-ins."""

import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from proxy.definitions import definition
from proxy.faults import CATALOGUE, ConfigFault, apply
from proxy.launch import Launcher
from proxy.process import ProcessRuntime
from proxy.programs import find
from proxy.run import Run
from proxy.running import Running
from proxy.template import render
from tests.proxy.standin import UPGRADE, Head, StandIn, ask, connected, read_until, says

ENVOY = definition("envoy")
FAULTS = [fault for fault in CATALOGUE.values() if fault.product == "envoy"]
SESSION = "Cookie: authentik_proxy_0123abcd=good"
AUTH = "/outpost.goauthentik.io/auth/envoy"
WATCHED = "dynamic_resources:\n  lds_config:\n    path_config_source:\n      path: /x/envoy.yaml\n"
TYPE = '- "@type": type.googleapis.com/envoy.config.listener.v3.Listener\n    name: edge'


class Ground(NamedTuple):
    envoy: Running
    origin: StandIn
    outpost: StandIn


def template() -> str:
    assert ENVOY.config is not None
    return ENVOY.config.read_text()


def in_the_bootstrap(config: str) -> str:
    """Move the listener to where Envoy says every field that it does not know."""
    bootstrap, listeners = config.replace(WATCHED, "").split("\nresources:\n")
    moved = [f"  {line}\n" for line in listeners.replace(TYPE, "- name: edge").splitlines()]
    return f"{bootstrap}\n  listeners:\n{''.join(moved)}"


def says_of(config: str, scheme: str, folder: Path, files: Mapping[str, str]) -> str:
    values = {"FOLDER": "/x", "IDLE_S": "1.000", **ENVOY.schemes[scheme]}
    for name in ("LISTEN", "ORIGIN", "OUTPOST"):
        values |= {f"{name}_HOST": "127.0.0.1", f"{name}_PORT": "1"}
    for name, text in files.items():
        (folder / name).write_text(text)
        values[name] = str(folder / name)
    path = folder / "envoy.yaml"
    path.write_text(in_the_bootstrap(render(config, values, "envoy.yaml.in")))
    assert ENVOY.command is not None
    said = subprocess.run(
        [find(ENVOY.command.executable), "--mode", "validate", "-c", path, "-l", "error"],
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout + said.stderr


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_envoy_knows_every_field_of_the_good_configuration(
    scheme: str, tmp_path: Path, files: Mapping[str, str]
) -> None:
    said = says_of(template(), scheme, tmp_path, files)

    assert said == f"configuration '{tmp_path}/envoy.yaml' OK\n"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_envoy_accepts_the_fault(
    fault: ConfigFault, tmp_path: Path, files: Mapping[str, str]
) -> None:
    said = says_of(apply(fault, template(), "envoy.yaml.in"), "https", tmp_path, files)

    assert said == f"configuration '{tmp_path}/envoy.yaml' OK\n"


def judge(head: Head, connection: socket.socket) -> None:
    cookies = head.value("cookie") or ""
    if head.target.endswith("/ping"):
        answer = says("204 No Content")
    elif "good" in cookies or head.value("authorization"):
        answer = says("200 OK", "X-authentik-username: true", "Set-Cookie: refreshed=1")
    elif "broken" in cookies:
        answer = says("503 Service Unavailable")
    else:
        answer = says("302 Found", "Location: https://provider/", "Set-Cookie: state=1")
    connection.sendall(answer)


def serve(head: Head, connection: socket.socket) -> None:
    if head.value("upgrade"):
        switch = says("101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
        connection.sendall(switch + b"first")
        connection.sendall(connection.recv(5))
    elif head.target.startswith("/moved"):
        connection.sendall(says("302 Found", "Location: /elsewhere"))
    else:
        connection.sendall(says("200 OK", "Set-Cookie: a=1", "Set-Cookie: b=2", body="ok"))


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, files: Mapping[str, str]) -> Iterator[Ground]:
    with (
        StandIn(serve) as origin,
        StandIn(judge) as outpost,
        Run.begin(base=tmp_path_factory.mktemp("envoy") / "base") as run,
        Launcher(run, ProcessRuntime(run)) as launcher,
    ):
        values = {"ORIGIN": f"127.0.0.1:{origin.port}", "OUTPOST": f"127.0.0.1:{outpost.port}"}
        yield Ground(launcher.start(ENVOY, values, files), origin, outpost)


def seen(ground: Ground, target: str, *fields: str) -> Head:
    """Send a request and return the head that the origin saw."""
    before = len(ground.origin.heads)
    answer = ask(ground.envoy.port, target, *fields)
    assert len(ground.origin.heads) == before + 1, answer
    return ground.origin.heads[-1]


def test_what_a_client_says_of_itself_is_not_believed(ground: Ground) -> None:
    lies = ("X-Forwarded-Host: evil", "X-Forwarded-Proto: ws", "X-Forwarded-For: 9.9.9.9")
    forged = ("X-authentik-uid: forged", "X_authentik_uid: forged", "X-Envoy-Max-Retries: 9")

    head = seen(ground, "/", SESSION, *lies, *forged)

    public = f"localhost:{ground.envoy.port}"
    assert head.values("host") == head.values("x-forwarded-host") == [public]
    assert head.values("x-forwarded-proto") == ["https"]
    assert head.values("x-forwarded-for") == ["127.0.0.1"]
    assert head.values("x-authentik-username") == ["true"]
    assert not {"forged", "9"} & {value for _, value in head.fields}


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


def test_question_has_the_path_and_neither_upgrade_nor_other_fields(ground: Ground) -> None:
    seen(ground, "/api/ws?x=%2F", SESSION, "X-Other: 1", *UPGRADE)
    question = ground.outpost.heads[-1]

    assert question.line == f"GET {AUTH}/api/ws?x=%2F HTTP/1.1"
    assert question.value("cookie") == SESSION.removeprefix("Cookie: ")
    assert question.value("upgrade") is question.value("x-other") is None


@pytest.mark.parametrize("fields", [(), UPGRADE], ids=["page", "upgrade"])
def test_cookies_of_origin_and_outpost_arrive_each_in_a_field(
    ground: Ground, fields: tuple[str, ...]
) -> None:
    answer = ask(ground.envoy.port, "/", SESSION, *fields)

    own = [] if fields else ["a=1", "b=2"]
    assert answer.values("set-cookie") == [*own, "refreshed=1"]


@pytest.mark.parametrize("fields", [UPGRADE, ("Accept: text/event-stream",)], ids=["ws", "sse"])
def test_anonymous_stream_is_refused_without_a_place_to_go(
    ground: Ground, fields: tuple[str, ...]
) -> None:
    answer = ask(ground.envoy.port, "/api/events", *fields)

    assert ("401" in answer.line, answer.value("location")) == (True, None)
    assert answer.values("set-cookie") == ["state=1"]


def test_anonymous_page_is_led_to_the_login(ground: Ground) -> None:
    answer = ask(ground.envoy.port, "/", "Accept: text/html")

    assert ("302" in answer.line, answer.value("location")) == (True, "https://provider/")


def test_redirect_of_the_origin_is_not_taken_for_one_of_the_gate(ground: Ground) -> None:
    answer = ask(ground.envoy.port, "/moved", SESSION, "Accept: text/event-stream")

    assert ("302" in answer.line, answer.value("location")) == (True, "/elsewhere")


@pytest.mark.parametrize("fields", [(), UPGRADE], ids=["page", "upgrade"])
def test_gate_that_fails_lets_nobody_in_for_now(ground: Ground, fields: tuple[str, ...]) -> None:
    answer = ask(ground.envoy.port, "/", "Cookie: s=broken", *fields)

    assert "503" in answer.line


def test_question_cannot_be_asked_by_a_client(ground: Ground) -> None:
    answer = ask(ground.envoy.port, f"{AUTH}/", SESSION)

    assert "404" in answer.line


def test_reload_takes_a_new_configuration_and_keeps_an_open_stream(ground: Ground) -> None:
    config = ground.envoy.folder / ground.envoy.config
    with connected(ground.envoy.port) as connection:
        lines = ["GET /api/ws HTTP/1.1", "Host: localhost", SESSION, *UPGRADE, "", ""]
        connection.sendall("\r\n".join(lines).encode())
        read_until(connection, b"first")
        config.write_text(config.read_text().replace("{status: 404}", "{status: 410}"))
        ground.envoy.reload()
        taken = any("410" in ask(ground.envoy.port, f"{AUTH}/").line for _ in range(200))
        connection.sendall(b"again")

        assert taken
        assert read_until(connection, b"again") == b"again"
