"""The container runtime on a real engine; conftest leaves this out where none answers."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from proxy.container import ContainerRuntime
from proxy.definitions import definition
from proxy.engine import LABEL, engine
from proxy.errors import ImageUnavailable
from proxy.launch import Launcher
from proxy.leftovers import clear_leftovers
from proxy.run import Run
from proxy.running import Running
from tests.proxy.standin import UPGRADE, StandIn, ask, says

ROOT = Path(__file__).parents[2]
SESSION = "Cookie: authentik_proxy_0123abcd=good"


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    base = tmp_path_factory.mktemp("real") / "base"
    with Run.begin(base=base) as run, Launcher(run, ContainerRuntime.connect(run)) as launcher:
        yield launcher
    assert labelled(run.id) == []


def labelled(run_id: str) -> list[str]:
    client = engine()
    wanted: dict[str, str | list[str] | bool] = {"label": f"{LABEL}={run_id}"}
    names = [str(c.name) for c in client.containers.list(all=True, filters=wanted)]
    names += [str(n.name) for n in client.networks.list(filters=wanted)]
    client.close()
    return names


@pytest.fixture(scope="module")
def origin(launcher: Launcher) -> Iterator[StandIn]:
    answer = says("101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
    with StandIn(lambda _, c: c.sendall(answer), launcher.runtime.reach.bind) as origin:
        yield origin


@pytest.fixture(scope="module")
def nginx(launcher: Launcher, origin: StandIn, files: Mapping[str, str]) -> Iterator[Running]:
    passes = says("204 No Content", "X-authentik-username: alice")
    reach = launcher.runtime.reach
    with StandIn(lambda _, connection: connection.sendall(passes), reach.bind) as outpost:
        values = {
            "ORIGIN": f"{reach.dial}:{origin.port}",
            "OUTPOST": f"{reach.dial}:{outpost.port}",
        }
        yield launcher.start(definition("nginx"), values, files)


def test_upgrade_reaches_the_harness_from_the_container(nginx: Running, origin: StandIn) -> None:
    answer = ask(nginx.port, "/api/ws", SESSION, *UPGRADE)

    assert "101" in answer.line
    assert origin.heads[-1].value("x-authentik-username") == "alice"


def test_version_and_image_are_known(nginx: Running) -> None:
    assert nginx.version[0].isdigit()
    assert nginx.image.startswith("sha256:")


def test_restart_after_kill_keeps_port_and_output(nginx: Running) -> None:
    nginx.kill()
    was_running = nginx.is_running
    nginx.restart()

    assert not was_running
    assert nginx.output().count("start worker processes") == 2
    assert "warn" not in nginx.output()


def test_what_it_writes_from_a_moment_on_is_told_alone(nginx: Running) -> None:
    before = nginx.position()
    nginx.restart()

    assert nginx.output(before).count("start worker processes") == 1
    assert len(nginx.output(before)) < len(nginx.output())


def test_paused_container_answers_after_resume(nginx: Running) -> None:
    nginx.pause()
    while_paused = nginx.is_running
    nginx.resume()
    nginx.reload()

    assert while_paused
    assert nginx.probe.reason_to_wait() is None


def test_broken_reference_is_one_clear_message(launcher: Launcher) -> None:
    with pytest.raises(ImageUnavailable, match=r"cannot have the image 'No Such': .*invalid"):
        launcher.runtime.image(definition("nginx"), "No Such")


def test_containers_of_a_killed_run_are_removed_and_others_stay(
    nginx: Running, base: Path, files: Mapping[str, str]
) -> None:
    command = [sys.executable, "-m", "tests.proxy.container_owner", str(base)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        run_id = owner.stdout.readline().strip()
        owner.kill()
    left = labelled(run_id)

    (cleared,) = clear_leftovers(base)

    assert len(left) == 2
    assert {*cleared.containers, *cleared.networks} == set(left)
    assert labelled(run_id) == []
    assert nginx.is_running
