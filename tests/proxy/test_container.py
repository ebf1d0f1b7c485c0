import io
import signal
import tarfile
from dataclasses import replace
from pathlib import Path

import docker
import pytest

from proxy.archives import laid, packed
from proxy.container import ContainerRuntime, ContainerUnit
from proxy.definitions import definition
from proxy.errors import PortTaken, RuntimeUnavailable, StartFailed
from proxy.program import Command
from proxy.run import Run
from proxy.runtime import Reach, Stage
from tests.proxy.fake_engine import FakeContainer, FakeEngine

NGINX = definition("nginx")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    fake = FakeEngine()
    monkeypatch.setattr(docker, "from_env", lambda timeout: fake)
    return fake


@pytest.fixture
def runtime(fake: FakeEngine, run: Run) -> ContainerRuntime:
    return ContainerRuntime.connect(run)


def command() -> Command:
    assert NGINX.command is not None
    return NGINX.command


@pytest.fixture
def unit(runtime: ContainerRuntime, run: Run) -> ContainerUnit:
    folder = run.folder / "nginx"
    folder.mkdir()
    (folder / "nginx.conf").write_text("x")
    stage = Stage("nginx", command(), folder, "nginx.conf", {"LISTEN": 15001}, "sha256:1")
    made = runtime.unit(stage)
    assert isinstance(made, ContainerUnit)
    return made


@pytest.fixture
def started(unit: ContainerUnit, fake: FakeEngine) -> FakeContainer:
    unit.start()
    return fake.containers.all[0]


def test_network_belongs_to_the_run_and_goes_with_it(
    runtime: ContainerRuntime, fake: FakeEngine, run: Run
) -> None:
    (network,) = fake.networks.all
    was_recorded = run.uses_engine

    runtime.close()

    assert network.labels == {"proxyproof.run": run.id}
    assert was_recorded
    assert fake.networks.all == []
    assert fake.is_closed


def test_engine_without_a_network_for_us_is_one_clear_message(fake: FakeEngine, run: Run) -> None:
    fake.refuses_networks = "could not find an available pool"

    with pytest.raises(RuntimeUnavailable) as failure:
        ContainerRuntime.connect(run)

    assert str(failure.value) == (
        "the container engine makes no network (could not find an available pool): "
        "remove unused ones with `docker network prune`, or pass --runtime process"
    )


def test_closing_removes_a_container_that_was_never_handed_over(
    runtime: ContainerRuntime, fake: FakeEngine, run: Run
) -> None:
    fake.containers.create("sha256:1", "half-made", {"proxyproof.run": run.id})
    fake.containers.create("sha256:1", "of-another-run", {"proxyproof.run": "living"})

    runtime.close()

    assert [container.name for container in fake.containers.all] == ["of-another-run"]


def test_harness_is_reached_at_the_gateway_and_is_not_a_peer(runtime: ContainerRuntime) -> None:
    reach = runtime.reach

    assert (reach.bind, reach.dial, reach.client) == ("127.0.0.1",) * 3
    assert "127.0.0.1/32" not in reach.peers
    assert "127.0.0.128/25" in reach.peers
    assert runtime.extra_hosts == {}


def test_harness_is_reached_by_name_when_the_engine_is_in_a_virtual_machine(
    fake: FakeEngine, run: Run
) -> None:
    fake.gateway = "192.0.2.1"  # an address that no machine has (RFC 5737)

    runtime = ContainerRuntime.connect(run)

    assert runtime.reach == Reach(
        "127.0.0.1",
        "host.docker.internal",
        ("127.0.0.0/8", "127.0.0.0/24"),
        client="",
        edges="127.0.0.0/24",
    )
    assert runtime.extra_hosts == {"host.docker.internal": "host-gateway"}
    assert runtime.published(15001) == [("127.0.0.1", 15001)]


def test_ports_are_published_for_harness_and_containers(runtime: ContainerRuntime) -> None:
    there = replace(runtime, reach=Reach("172.30.0.1", "172.30.0.1", (), ""))

    assert there.published(15001) == [("127.0.0.1", 15001), ("172.30.0.1", 15001)]


def test_container_is_labelled_unprivileged_and_on_the_network(
    started: FakeContainer, run: Run
) -> None:
    options = started.options

    assert started.labels == {"proxyproof.run": run.id}
    assert options["user"] == "65534:65534"
    assert options["cap_drop"] == ["ALL"]
    assert options["cap_add"] == ["NET_BIND_SERVICE"]  # the official image of Caddy starts by it
    assert options["network"] == f"proxyproof-{run.id}"
    assert options["sysctls"]["net.ipv4.tcp_rmem"].endswith(" 524288")
    assert options["ports"] == {"15001/tcp": [("127.0.0.1", 15001)]}
    assert options["entrypoint"] == ["nginx"]
    assert options["command"][-4:] == ["-c", "/proxyproof/nginx.conf", "-g", "daemon off;"]


def test_run_folder_is_copied_in(started: FakeContainer) -> None:
    path, archive = started.options["archive"]
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        members = {member.name: (member.uid, member.gid) for member in tar}

    assert path == "/"
    assert members == {"proxyproof": (65534, 65534), "proxyproof/nginx.conf": (65534, 65534)}


def test_archive_names_no_account(tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(packed(tmp_path))) as tar:
        assert {member.uname for member in tar} == {""}


def test_links_are_laid_beside_files() -> None:
    with tarfile.open(
        fileobj=io.BytesIO(laid({"/a/file": b"x"}, {"/b/link": "/dev/stdout"}))
    ) as tar:
        members = {member.name: member.linkname for member in tar}

    assert members == {"a/file": "", "b/link": "/dev/stdout"}


def test_container_that_stops_can_be_started_again(
    unit: ContainerUnit, started: FakeContainer
) -> None:
    unit.stop()
    stopped = unit.exit_status()
    unit.start()

    assert stopped == 0
    assert unit.exit_status() is None
    assert started.did == ["created", "start", "stop 5", "start"]


def test_container_that_has_ended_is_not_stopped_again(
    unit: ContainerUnit, started: FakeContainer
) -> None:
    unit.kill()
    unit.stop()

    assert started.did == ["created", "start", "kill SIGKILL", "wait"]
    assert unit.exit_status() == 137


def test_signals_and_pauses_reach_the_container(
    unit: ContainerUnit, started: FakeContainer
) -> None:
    unit.send(signal.SIGHUP)
    unit.pause()
    unit.resume()
    unit.kill()
    unit.send(signal.SIGHUP)

    assert started.did == ["created", "start", "kill SIGHUP", "pause", "kill SIGKILL", "wait"]


def test_what_it_wrote_outlives_the_container(
    unit: ContainerUnit, started: FakeContainer, fake: FakeEngine
) -> None:
    while_running = unit.output()
    unit.remove()

    assert while_running == unit.output() == "said something"
    assert fake.containers.all == []


def test_the_engine_is_asked_for_what_is_new_by_its_time(
    unit: ContainerUnit, started: FakeContainer
) -> None:
    assert unit.output(unit.position()) == "something"


def test_container_that_somebody_removed_is_no_error(
    unit: ContainerUnit, started: FakeContainer, fake: FakeEngine
) -> None:
    fake.containers.all.clear()

    unit.remove()

    assert unit.exit_status() == 0


def test_unit_that_was_never_started_has_ended_and_said_nothing(unit: ContainerUnit) -> None:
    for act in (unit.pause, unit.resume, unit.stop, unit.kill, unit.remove):
        act()

    assert unit.exit_status() == 0
    assert unit.output() == ""


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Bind for 127.0.0.1:15001 failed: port is already allocated", PortTaken),
        ("no such device", StartFailed),
    ],
)
def test_refusal_of_the_engine_is_quoted(
    unit: ContainerUnit, fake: FakeEngine, said: str, kind: type[StartFailed]
) -> None:
    fake.refuses_start = said

    with pytest.raises(kind, match=f"nginx: the container engine says: {said}") as failure:
        unit.start()

    assert failure.type is kind


def test_version_is_asked_inside_once_an_image(
    runtime: ContainerRuntime, unit: ContainerUnit, started: FakeContainer
) -> None:
    said = [runtime.version(command(), unit) for _ in range(2)]

    assert said == ["['nginx', '-v'] version 1.2.3"] * 2
    assert started.did.count("exec") == 1


def test_image_is_built_unless_another_is_asked_for(
    runtime: ContainerRuntime, fake: FakeEngine
) -> None:
    fake.images.here["nginx:1.27"] = "sha256:27"

    assert runtime.image(NGINX, None).startswith("sha256:proxyproof/nginx:")
    assert runtime.image(NGINX, "nginx:1.27") == "sha256:27"


def test_program_without_image_says_the_next_step(runtime: ContainerRuntime) -> None:
    with pytest.raises(StartFailed, match="nginx has no image: pass --image nginx=REFERENCE"):
        runtime.image(replace(NGINX, image=None), None)


def test_programs_listen_where_the_engine_can_publish_them(runtime: ContainerRuntime) -> None:
    assert (runtime.listen, runtime.folder(Path("/x"))) == ("0.0.0.0", "/proxyproof")
    assert not runtime.is_root
