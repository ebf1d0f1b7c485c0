"""Chains: two definitions joined by their names, and an edge with the real binary."""

import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from proxy.chains import tiers_of
from proxy.definitions import chains, definition, definitions
from proxy.edges import edges
from proxy.errors import UnknownProxy
from proxy.executables import find
from proxy.faults import CATALOGUE, ConfigFault, apply, recognised
from proxy.launch import Launcher
from proxy.model import BEHIND, Feature, ProxyDefinition
from proxy.process import ProcessRuntime
from proxy.run import Run
from proxy.running import Running
from proxy.template import placeholders, render
from tests.proxy.standin import UPGRADE, Head, StandIn, ask, says

FORGED = (
    "X-Forwarded-Host: evil",
    "X-Forwarded-Proto: gopher",
    "X-Forwarded-For: 192.0.2.1",
    "Forwarded: for=192.0.2.1",
)
TOLD = ("X-Forwarded-Proto: https", "X-Forwarded-For: 192.0.2.1")
ELSEWHERE = "198.51.100.0/24"  # a network that nobody here comes from (RFC 5737)
OF_CHAINS = [fault for (product, _), fault in CATALOGUE.items() if "+" in product]


class Ground(NamedTuple):
    launcher: Launcher
    origin: StandIn
    files: Mapping[str, str]

    def edge(self, product: str, scheme: str) -> Running:
        return self.edge_of(f"127.0.0.1:{self.origin.port}", product, scheme)

    def edge_of(self, address: str, product: str, scheme: str = "https") -> Running:
        tiers = definition(f"{product}+nginx").tiers
        assert tiers is not None
        return self.launcher.start(tiers.edge, {"ORIGIN": address}, self.files, scheme=scheme)

    def inner(self, network: str) -> Running:
        here = f"127.0.0.1:{self.origin.port}"
        values = {"ORIGIN": here, "OUTPOST": here, "EDGES": network}
        return self.launcher.start(definition("nginx"), values, self.files, scheme=BEHIND)


def serve(head: Head, connection: socket.socket) -> None:
    connection.sendall(says("204 No Content" if head.target.endswith("/ping") else "200 OK"))


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, files: Mapping[str, str]) -> Iterator[Ground]:
    with (
        StandIn(serve) as origin,
        Run.begin(base=tmp_path_factory.mktemp("chains") / "base") as run,
        Launcher(run, ProcessRuntime(run)) as launcher,
    ):
        yield Ground(launcher, origin, files)


def test_every_edge_goes_with_every_proxy_that_can_stand_behind_one() -> None:
    assert list(chains()) == [
        "nginx+authentik",
        "nginx+nginx",
        "traefik+authentik",
        "traefik+nginx",
    ]


def test_no_chain_is_judged_unless_it_is_named() -> None:
    assert not [name for name in definitions() if "+" in name]


@pytest.mark.parametrize("name", ["nginx+caddy", "direct+nginx", "nginx+", "a+b+c"])
def test_unknown_chain_is_told_what_there_is(name: str) -> None:
    with pytest.raises(UnknownProxy) as failure:
        definition(name)

    assert str(failure.value) == f"unknown chain {name!r}: there are {', '.join(chains())}"


def test_edge_decides_on_http_and_the_inner_proxy_on_the_gate() -> None:
    joined, inner = definition("nginx+authentik"), definition("authentik")

    assert Feature.H2_DOWNSTREAM in joined.features - inner.features
    assert Feature.GATE in joined.features - edges()["nginx"].features
    assert joined.lacks[Feature.SEPARATE_GATE] == inner.lacks[Feature.SEPARATE_GATE]
    assert (joined.gate, joined.login, joined.own) == (None, inner.login, None)


def test_one_idle_timer_is_enough() -> None:
    by_inner, by_nobody = definition("traefik+nginx"), definition("traefik+authentik")

    assert Feature.IDLE_TIMEOUT in by_inner.features
    assert by_nobody.lacks[Feature.IDLE_TIMEOUT].startswith("Traefik has no timer")
    assert by_nobody.lacks[Feature.IDLE_TIMEOUT].endswith("in proxy mode")


def test_deviation_says_whose_it_is() -> None:
    known = definition("nginx+authentik").deviation_of("outpost_cookie_stays_outside")

    assert known is not None
    assert known.why.startswith("authentik: ")


def test_chain_is_ready_when_an_answer_came_through_both() -> None:
    tiers = definition("traefik+nginx").tiers

    assert tiers is not None
    assert (tiers.edge.name, tiers.inner.name) == ("traefik", "nginx")
    assert (tiers.edge.ready.path, tiers.edge.ready.port) == (tiers.inner.ready.path, "LISTEN")


def test_faults_name_a_tier_and_not_a_chain() -> None:
    assert tiers_of("nginx+authentik") == ("nginx+", "+authentik")
    assert tiers_of("nginx") == ()


def template(fault: ConfigFault) -> Path:
    name = fault.product.strip("+")
    found = (edges() if fault.product.endswith("+") else definitions())[name].config
    assert found is not None
    return found


@pytest.mark.parametrize("fault", OF_CHAINS, ids=lambda fault: f"{fault.product} {fault.name}")
def test_every_fault_fits_the_template_of_its_tier(fault: ConfigFault) -> None:
    text = template(fault).read_text()

    assert apply(fault, text, template(fault).name) != text
    assert fault in recognised(fault.product, apply(fault, text, ""), text)
    assert recognised(fault.product, text, text) == []


@pytest.mark.parametrize(
    "fault",
    [None, *(fault for fault in OF_CHAINS if fault.product == "nginx+")],
    ids=lambda fault: fault.name if fault else "good",
)
def test_nginx_accepts_the_edge_and_its_faults(
    fault: ConfigFault | None, tmp_path: Path, files: Mapping[str, str]
) -> None:
    edge = edges()["nginx"]
    assert edge.config is not None
    assert edge.command is not None
    for name, pem in files.items():
        (tmp_path / f"{name}.pem").write_text(pem)
    text = edge.config.read_text()
    text = apply(fault, text, "") if fault else text
    values = {name: f"{tmp_path}/{name}.pem" for name in files}
    values |= {"LISTEN": "127.0.0.1:1", "ORIGIN": "127.0.0.1:2", "TLS": "ssl"}
    config = tmp_path / "nginx.conf"
    config.write_text(render(text, {**values, "IF_ROOT": "#", "IDLE_MS": "1000"}, ""))
    check = [part.format(folder=tmp_path, config=config) for part in edge.command.check]
    said = subprocess.run(
        [find(edge.command.executable), *check], capture_output=True, text=True, check=False
    )

    assert (said.returncode, "warn" in said.stderr) == (0, False), said.stderr


@pytest.mark.parametrize("edge", edges().values(), ids=lambda edge: edge.name)
def test_edge_knows_nothing_of_the_outpost(edge: ProxyDefinition) -> None:
    assert edge.config is not None
    text = edge.config.read_text()

    assert not placeholders(text) & {"OUTPOST", "ISSUER", "CLIENT_SECRET", "COOKIE_SECRET"}
    assert edge.features.isdisjoint({Feature.GATE, Feature.SEPARATE_GATE, Feature.OUTPOST})


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("product", sorted(edges()))
def test_edge_says_what_it_saw_and_not_what_a_client_claims(
    ground: Ground, product: str, scheme: str
) -> None:
    edge = ground.edge(product, scheme)
    ask(edge.port, "/", *FORGED, *UPGRADE, tls=scheme == "https")
    head = ground.origin.heads[-1]

    assert head.value("upgrade") == "websocket"
    assert head.values("x-forwarded-proto") == [scheme]
    assert head.values("x-forwarded-host") == head.values("host")
    assert head.values("x-forwarded-for") == ["127.0.0.1"]
    assert not head.value("forwarded")


@pytest.mark.parametrize(
    ("network", "told"),
    [("127.0.0.0/8", ("https", "192.0.2.1")), (ELSEWHERE, ("http", "127.0.0.1"))],
)
def test_inner_proxy_believes_its_edge_and_nobody_else(
    ground: Ground, network: str, told: tuple[str, str]
) -> None:
    inner = ground.inner(network)
    ask(inner.port, "/", *TOLD, tls=False)
    head = ground.origin.heads[-1]

    assert inner.scheme == "http"
    assert head.values("x-forwarded-proto") + head.values("x-forwarded-for") == [*told]


def test_no_scheme_but_https_is_taken_from_an_edge(ground: Ground) -> None:
    inner = ground.inner("127.0.0.0/8")
    ask(inner.port, "/", "X-Forwarded-Proto: wss", tls=False)

    assert ground.origin.heads[-1].values("x-forwarded-proto") == ["http"]


@pytest.mark.parametrize("product", sorted(edges()))
def test_edge_asks_an_inner_proxy_that_was_restarted_at_once(ground: Ground, product: str) -> None:
    inner = ground.inner("127.0.0.0/8")
    edge = ground.edge_of(inner.dial, product)
    seen = [ask(edge.port, "/").line]
    inner.kill()
    seen.append(ask(edge.port, "/").line)
    inner.restart()
    seen.append(ask(edge.port, "/").line)

    assert [line.split()[1] for line in seen] == ["200", "502", "200"]
