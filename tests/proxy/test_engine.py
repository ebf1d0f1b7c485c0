from typing import cast

import docker
import pytest
from docker.errors import DockerException
from docker.models.networks import Network

from proxy.engine import engine, reach, sweep
from proxy.errors import RuntimeUnavailable
from proxy.runtime import Reach
from tests.proxy.fake_engine import FakeEngine


def test_no_engine_is_one_clear_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(timeout: int) -> None:
        raise DockerException("connection refused")

    monkeypatch.setattr(docker, "from_env", refused)

    with pytest.raises(RuntimeUnavailable) as failure:
        engine()

    assert str(failure.value) == (
        "no container engine answers (connection refused): start Docker, or pass --runtime process"
    )


def network(gateway: str) -> Network:
    made = FakeEngine(gateway).networks.create("x", {})
    made.reload()
    return cast(Network, made)


def test_gateway_that_this_machine_has_is_where_the_two_meet() -> None:
    found = reach(network("127.0.0.1"))

    assert (found.bind, found.dial, found.client) == ("127.0.0.1",) * 3
    assert "127.0.0.1/32" not in found.peers
    assert "127.0.0.128/25" in found.peers


def test_gateway_of_a_virtual_machine_is_replaced_by_a_name() -> None:
    found = reach(network("192.0.2.1"))  # an address that no machine has (RFC 5737)

    assert found == Reach(
        "127.0.0.1",
        "host.docker.internal",
        ("127.0.0.0/8", "127.0.0.0/24"),
        client="",
        edges="127.0.0.0/24",
    )


def test_sweep_takes_what_carries_the_id_and_tells_it() -> None:
    fake = FakeEngine()
    for run_id in ("mine", "living"):
        fake.networks.create(f"net-{run_id}", {"proxyproof.run": run_id})
        fake.containers.create("image", f"box-{run_id}", {"proxyproof.run": run_id})

    swept = sweep(cast(docker.DockerClient, fake), "mine")

    assert swept == (["box-mine"], ["net-mine"])
    assert [each.name for each in fake.containers.all] == ["box-living"]
    assert [each.name for each in fake.networks.all] == ["net-living"]
