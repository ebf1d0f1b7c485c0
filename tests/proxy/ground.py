"""A proxy with its good configuration between two stand-ins: the ground of the products' tests.

A new definition stands on it as soon as it is there, and is judged by `test_products.py`.
"""

import contextlib
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from proxy.definitions import definitions
from proxy.errors import ProgramMissing
from proxy.executables import find
from proxy.launch import Launcher
from proxy.model import Feature, ProxyDefinition
from proxy.process import ProcessRuntime
from proxy.program import PYTHON, Program
from proxy.run import Run
from proxy.running import Running
from tests.proxy.standin import UPGRADE, Head, StandIn, ask, connected, read_head, read_until, says

OUTPOST = "/outpost.goauthentik.io/"
SESSION = "Cookie: authentik_proxy_0123abcd=good"
TOKEN = "Authorization: Bearer of-alice"
CLAIMS = {"active": True, "sub": "alice", "groups": ["a", "b"]}
NAMES = ("username", "groups", "entitlements", "email", "name", "uid", "jwt")
META = ("meta-jwks", "meta-outpost", "meta-provider", "meta-app", "meta-version")
IDENTITY = [f"X-authentik-{name}" for name in (*NAMES, *META)]
RENEWED = "authentik_proxy_a2afca31=renewed; Path=/"
BEGUN = "begun=1"
LOGIN = "https://idp/?state=1"
ACCEPT = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # HAProxy answers 502 without it
ADDRESSES = {"EXTERNAL": "https://localhost", "EDGES": "127.0.0.0/8"}
SECRETS = {"CLIENT_ID": "id", "CLIENT_SECRET": "secret", "COOKIE_SECRET": "s" * 32}

ANSWERS = {
    "/ping": says("204 No Content"),
    "good": says("200 OK", *(f"{name}: true" for name in IDENTITY), f"Set-Cookie: {RENEWED}"),
    "two": says("200 OK", "Set-Cookie: b=1", "Set-Cookie: a=2"),
    "many": says("200 OK", f"X-authentik-groups: {'|'.join(['g' * 100] * 200)}"),
    "nameless": says("200 OK"),
    "broken": says("503 Service Unavailable"),
    "led-away": says("302 Found", "Location: /elsewhere"),
    "hung-up": b"",
    "auth/nginx": says("401 Unauthorized", f"Set-Cookie: {BEGUN}"),
    "": says("302 Found", f"Location: {LOGIN}", f"Set-Cookie: {BEGUN}"),
}
"""What the outpost says by the first of these words in target and session."""


def answer_as_gate(head: Head, connection: socket.socket) -> None:
    if not head.target.startswith(OUTPOST):
        answer_as_provider(head, connection)
        return
    passed = "good" if head.value("authorization") else ""
    said = head.target + (head.value("cookie") or "") + passed
    answer = next(answer for word, answer in ANSWERS.items() if word in said)
    connection.sendall(answer) if answer else connection.shutdown(socket.SHUT_RDWR)


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


def answer_as_origin(head: Head, connection: socket.socket) -> None:
    if head.value("upgrade"):
        fields = ("Upgrade: websocket", "Connection: Upgrade", ACCEPT)
        connection.sendall(says("101 Switching Protocols", *fields) + b"first")
        connection.sendall(connection.recv(5))
    elif head.target.startswith("/refused"):
        connection.sendall(says("401 Unauthorized", "X-From: origin", body="no"))
    elif head.target.startswith("/moved"):
        connection.sendall(says("302 Found", "Location: /elsewhere", "X-From: origin"))
    else:
        connection.sendall(says("200 OK", "Set-Cookie: a=1", "Set-Cookie: b=2", body="ok"))


@dataclass
class Ground:
    """One product, started; `successor` is the origin that a reload may lead it to."""

    definition: ProxyDefinition
    proxy: Running
    origin: StandIn
    successor: StandIn
    gate: StandIn
    home: Path

    @property
    def public(self) -> str:
        return f"localhost:{self.proxy.port}"

    @property
    def session(self) -> str:
        """The field of somebody who may pass; without an outpost it is known to the provider."""
        return TOKEN if self.definition.gate is None else SESSION

    def ask(self, target: str, *fields: str, method: str = "GET") -> Head:
        """Send a request and return the head of the answer."""
        tls = self.proxy.scheme == "https"
        return ask(self.proxy.port, target, *fields, tls=tls, method=method)

    def exchange(self, target: str, *fields: str, method: str = "GET") -> tuple[Head, Head]:
        """Send a request and return the head that the origin saw, and the head of the answer."""
        before = len(self.origin.heads)
        answer = self.ask(target, *fields, method=method)
        assert len(self.origin.heads) == before + 1, answer
        return self.origin.heads[-1], answer

    def seen(self, target: str, *fields: str, method: str = "GET") -> Head:
        """Send a request and return the head that the origin saw."""
        head, _ = self.exchange(target, *fields, method=method)
        return head

    def question(self, target: str, *fields: str, method: str = "GET") -> Head:
        """Send a request that passes and return the head of the question to the gate."""
        self.seen(target, *fields, method=method)
        return self.gate.heads[-1]

    @contextlib.contextmanager
    def stream(self) -> Iterator[socket.socket]:
        """A tunnel to the origin whose first bytes came in one with its 101."""
        with connected(self.proxy.port, self.proxy.scheme == "https") as connection:
            lines = ["GET /api/ws HTTP/1.1", "Host: localhost", self.session, *UPGRADE, "", ""]
            connection.sendall("\r\n".join(lines).encode())
            head = read_head(connection)
            assert head is not None
            assert "101" in head.line
            assert read_until(connection, b"first") == b"first"
            yield connection

    def move(self) -> None:
        """Write a configuration that leads to the successor; it is the origin from now on."""
        config = self.proxy.folder / self.proxy.config
        text = config.read_text().replace(f":{self.origin.port}", f":{self.successor.port}")
        # Not in place: one that watches it could read it while it is empty.
        changed = config.with_suffix(".changed")
        changed.write_text(text)
        changed.replace(config)
        self.origin, self.successor = self.successor, self.origin


@dataclass
class Grounds:
    """Starts each product once, when the first test stands on it."""

    base: Path
    files: Mapping[str, str]
    stack: contextlib.ExitStack
    started: dict[tuple[str, str], Ground] = field(default_factory=dict)

    def __call__(self, name: str, scheme: str = "https") -> Ground:
        if (name, scheme) not in self.started:
            self.started[name, scheme] = self._start(definitions()[name], scheme)
        return self.started[name, scheme]

    def _start(self, definition: ProxyDefinition, scheme: str) -> Ground:
        folder = self.base / f"{definition.name}-{scheme}"
        home = folder / "home"
        home.mkdir(parents=True)
        enter = self.stack.enter_context
        origin, successor = (enter(StandIn(answer_as_origin)) for _ in range(2))
        gate = enter(StandIn(answer_as_gate))
        run = enter(Run.begin(base=folder / "base"))
        launcher = enter(Launcher(run, ProcessRuntime(run)))
        values = values_for(origin.port, gate.port)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HOME", str(home))
            proxy = launcher.start(definition, values, self.files, scheme=scheme)
        return Ground(definition, proxy, origin, successor, gate, home)


def values_for(origin: int, gate: int) -> dict[str, str]:
    """Return what the templates of all products ask for, for two ports of this machine."""
    own = {"ORIGIN": f"127.0.0.1:{origin}", "OUTPOST": f"127.0.0.1:{gate}"}
    return {**own, "ISSUER": f"http://127.0.0.1:{gate}", **ADDRESSES, **SECRETS}


def is_here(program: Program) -> bool:
    """Return whether this machine has the product."""
    if program.command is None:
        return False
    try:
        find(program.command.executable)
    except ProgramMissing:
        return False
    return True


def products(able: Callable[[ProxyDefinition], bool] = lambda _: True) -> list[str]:
    """Return the products that are here and can do something; ours are tested elsewhere."""
    here = (each for each in definitions().values() if is_here(each))
    foreign = (each for each in here if each.command and each.command.executable != PYTHON)
    return [each.name for each in foreign if able(each)]


def asks_outpost(definition: ProxyDefinition) -> bool:
    return definition.gate is not None


def can(feature: Feature) -> list[str]:
    return products(lambda definition: feature in definition.features)


def keeps(*cases: str) -> list[str]:
    """Return those that ask the outpost and have no known difference in these cases."""
    return products(
        lambda definition: (
            asks_outpost(definition)
            and not any(known.case in cases for known in definition.deviations)
        )
    )


def of(names: list[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("ground", names, indirect=True)


pages_and_upgrades = pytest.mark.parametrize("fields", [(), UPGRADE], ids=["page", "upgrade"])
