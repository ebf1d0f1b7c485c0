import json
import subprocess
import sys
from pathlib import Path

import pytest

from proxy import leftovers
from proxy.errors import RuntimeUnavailable
from proxy.launch import Launcher
from proxy.leftovers import Leftover, clear_leftovers
from proxy.process_table import boot_id, start_of
from proxy.run import RECORD, Run
from tests.proxy.fake_engine import FakeEngine
from tests.proxy.obedient import obedient

ROOT = Path(__file__).parents[2]


@pytest.fixture
def killed(base: Path) -> tuple[str, int]:
    """The id of a run whose owner was killed, and the child of the program that it left."""
    command = [sys.executable, "-m", "tests.proxy.owner", str(base), "process"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        run_id, child = owner.stdout.readline().split()
        owner.kill()
    return run_id, int(child)


def test_processes_of_a_killed_run_are_ended_and_its_folder_goes(
    base: Path, killed: tuple[str, int]
) -> None:
    run_id, child = killed
    was_alive = start_of(child)

    (cleared,) = clear_leftovers(base)

    assert was_alive
    assert start_of(child) == ""
    assert (cleared.run, len(cleared.groups)) == (run_id, 1)
    assert not (base / run_id).exists()


def test_living_run_is_left_alone(
    base: Path, killed: tuple[str, int], launcher: Launcher, tmp_path: Path
) -> None:
    alive = launcher.start(obedient(tmp_path), scheme="http")

    cleared = clear_leftovers(base)

    assert [leftover.run for leftover in cleared] == [killed[0]]
    assert alive.is_running
    assert (launcher.run.home / RECORD).exists()


def test_there_is_nothing_to_clear_after_a_good_end(base: Path, tmp_path: Path) -> None:
    with Run.begin(base=base):
        pass

    assert clear_leftovers(base) == []


def abandoned(base: Path, **record: object) -> Path:
    home = base / "0123456789ab"
    home.mkdir(parents=True)
    (home / RECORD).write_text(json.dumps(record))
    return home


def test_process_that_has_the_number_of_a_recorded_one_is_left_alone(base: Path) -> None:
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as stranger:
        home = abandoned(base, boot=boot_id(), groups={stranger.pid: "1"})

        assert clear_leftovers(base) == [Leftover(home.name, (), (), ())]
        assert stranger.poll() is None

        stranger.kill()


def test_record_from_before_the_machine_was_started_anew_ends_nothing(base: Path) -> None:
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as stranger:
        groups = {stranger.pid: start_of(stranger.pid)}
        abandoned(base, boot="another", groups=groups)

        assert clear_leftovers(base)[0].groups == ()
        assert stranger.poll() is None

        stranger.kill()


def test_record_that_was_never_finished_goes(base: Path) -> None:
    home = abandoned(base)
    (home / RECORD).write_text("{")

    assert clear_leftovers(base) == [Leftover(home.name, (), (), ())]
    assert not home.exists()


def test_containers_and_networks_are_found_by_the_id_of_the_run(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeEngine()
    home = abandoned(base, uses_engine=True)
    for run_id in (home.name, "living"):
        fake.networks.create(f"network-{run_id}", labels={"proxyproof.run": run_id})
        fake.containers.create("image", name=f"nginx-{run_id}", labels={"proxyproof.run": run_id})
    monkeypatch.setattr(leftovers, "engine", lambda: fake)

    cleared = clear_leftovers(base)

    assert cleared == [Leftover(home.name, (), (f"nginx-{home.name}",), (f"network-{home.name}",))]
    assert [container.name for container in fake.containers.all] == ["nginx-living"]
    assert [network.name for network in fake.networks.all] == ["network-living"]


def test_record_stays_until_the_engine_answers(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_engine() -> None:
        raise RuntimeUnavailable("none")

    monkeypatch.setattr(leftovers, "engine", no_engine)
    home = abandoned(base, uses_engine=True)

    assert clear_leftovers(base) == []
    assert (home / RECORD).exists()
