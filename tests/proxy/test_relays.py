"""Relays on an engine in memory: what leads where, and what goes with what."""

from dataclasses import replace
from typing import Any

import docker
import pytest

from proxy.container import ContainerRuntime, ContainerUnit
from proxy.definitions import definition
from proxy.errors import StartFailed
from proxy.ready import Patience
from proxy.run import Run
from proxy.runtime import Lead, Place, Stage
from tests.proxy.fake_engine import FakeContainer, FakeEngine

NAMED = Lead("app", 3000, "172.18.0.1:15200")
LOCAL = Lead("localhost", 9000, "172.18.0.1:15300")
ADDRESS = Lead("127.0.0.1", 9001, "172.18.0.1:15300")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    fake = FakeEngine()
    fake.says = b"relaying\n"
    monkeypatch.setattr(docker, "from_env", lambda timeout: fake)
    return fake


def unit_of(run: Run, *leads: Lead) -> ContainerUnit:
    command = definition("nginx").command
    assert command is not None
    folder = run.folder / "nginx"
    folder.mkdir()
    place = Place(ports={"LISTEN": 443}, leads=leads)
    stage = Stage("nginx", command, folder, "nginx.conf", {"LISTEN": 15001}, "sha256:1", place)
    runtime = replace(ContainerRuntime.connect(run), patience=Patience(start=0.1))
    unit = runtime.unit(stage)
    assert isinstance(unit, ContainerUnit)
    return unit


def started(fake: FakeEngine, run: Run, *leads: Lead) -> list[FakeContainer]:
    unit_of(run, *leads).start()
    return fake.containers.all


def routes(container: FakeContainer) -> list[str]:
    command: list[str] = container.options["command"]
    return command[2:]


def aliases(options: dict[str, Any]) -> list[str]:
    [config] = options["networking_config"].values()
    names: list[str] = config["Aliases"]
    return names


def test_name_is_one_of_the_network_with_a_relay_behind_it(fake: FakeEngine, run: Run) -> None:
    relay, product = started(fake, run, NAMED)

    assert routes(relay) == ["0.0.0.0:3000=172.18.0.1:15200"]
    assert aliases(relay.options) == ["app"]
    assert relay.labels == product.labels == {"proxyproof.run": run.id}
    assert product.options["network"] == relay.options["network"]
    assert list(product.options["ports"]) == ["443/tcp"]


def test_own_machine_is_the_relays_and_the_product_joins_it(fake: FakeEngine, run: Run) -> None:
    relay, product = started(fake, run, LOCAL, ADDRESS)

    assert routes(relay) == [
        "127.0.0.1:9000=172.18.0.1:15300",
        "[::1]:9000=172.18.0.1:15300",
        "127.0.0.1:9001=172.18.0.1:15300",
    ]
    assert product.options["network_mode"] == f"container:{relay.id}"
    assert "ports" not in product.options
    assert list(relay.options["ports"]) == ["443/tcp"]
    assert relay.options["sysctls"].keys() > {"net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"}


def test_relays_outlive_a_stop_and_go_with_the_product(fake: FakeEngine, run: Run) -> None:
    unit = unit_of(run, NAMED, LOCAL)
    unit.start()
    unit.stop()
    relays = fake.containers.all[:2]
    while_stopped = [relay.did for relay in relays]
    fake.containers.all.remove(relays[0])  # somebody was faster

    unit.remove()

    assert while_stopped == [["created", "start"]] * 2
    assert fake.containers.all == []


def test_relay_that_does_not_start_is_told_with_its_words(fake: FakeEngine, run: Run) -> None:
    fake.says = b"no such module"

    with pytest.raises(StartFailed, match=r"(?s)a relay did not start:.*no such module"):
        unit_of(run, NAMED).start()
