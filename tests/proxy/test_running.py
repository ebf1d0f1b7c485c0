import time
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.errors import StartFailed
from proxy.launch import Launcher
from proxy.ports import is_free
from proxy.process_table import start_of
from proxy.program import REWRITE
from proxy.running import Running, tail
from tests.proxy.obedient import child_in, obedient

DEADLINE = 5.0


@pytest.fixture
def running(launcher: Launcher, tmp_path: Path) -> Running:
    return launcher.start(obedient(tmp_path, "child = true"), scheme="http")


def answer(running: Running) -> str | None:
    return running.probe.reason_to_wait()


def test_restart_keeps_the_port_and_adds_to_the_output(running: Running) -> None:
    port = running.port

    running.restart()

    assert running.port == port
    assert running.output().count("hello 0") == 2


def test_kill_ends_the_whole_group_at_once(running: Running) -> None:
    child = child_in(running.output())

    running.kill()

    assert not running.is_running
    assert start_of(child) == ""
    assert is_free(running.port)


def test_restart_brings_a_killed_program_back(running: Running) -> None:
    running.kill()
    running.restart()

    assert answer(running) is None


def test_paused_program_answers_nothing_until_it_is_resumed(running: Running) -> None:
    probe = type(running.probe)(running.probe.ready, running.port, None, False, 0.05)
    running.pause()
    while_paused = probe.reason_to_wait()
    running.resume()

    assert while_paused is not None
    assert while_paused.startswith("TimeoutError")
    assert running.is_running
    assert answer(running) is None


def test_stop_ends_the_whole_group(running: Running) -> None:
    child = child_in(running.output())

    running.stop()
    running.stop()

    assert start_of(child) == ""
    assert running.output().count("hello") == 1


def test_paused_program_can_be_stopped(running: Running) -> None:
    running.pause()
    running.stop()

    assert not running.is_running


def test_stubborn_program_is_killed(launcher: Launcher, tmp_path: Path) -> None:
    running = launcher.start(obedient(tmp_path, "stubborn = true"), scheme="http")

    running.stop()

    assert not running.is_running


def test_reload_is_a_signal_to_the_same_process(running: Running) -> None:
    running.reload()
    deadline = time.monotonic() + DEADLINE
    while "reloaded" not in running.output() and time.monotonic() < deadline:
        answer(running)

    assert "reloaded" in running.output()
    assert running.output().count("hello") == 1


def test_product_without_reload_says_so(launcher: Launcher, tmp_path: Path) -> None:
    running = launcher.start(obedient(tmp_path, reloads=False), scheme="http")

    with pytest.raises(StartFailed, match="obedient has no reload: use restart"):
        running.reload()


def test_reload_may_be_a_command_beside_the_program(running: Running) -> None:
    running.command = replace(running.command, reload=REWRITE)
    config = running.folder / running.config
    before = config.stat().st_ino

    running.reload()

    assert config.stat().st_ino != before
    assert running.output().count("hello") == 1


def test_reload_that_the_product_refuses_is_told(running: Running) -> None:
    running.command = replace(running.command, reload=("/bin/sh", "-c", "echo bad line; exit 1"))

    with pytest.raises(StartFailed, match=r"(?s)exit status 1.*bad line"):
        running.reload()


def test_restart_that_fails_says_why(running: Running) -> None:
    config = running.folder / "program.toml"
    config.write_text(config.read_text() + "\ndies = 4\n")

    with pytest.raises(StartFailed, match="did not become ready: exit status 4"):
        running.restart()


def test_tail_is_the_last_twenty_lines() -> None:
    text = "\n".join(map(str, range(30)))

    assert tail(text).split() == [str(number) for number in range(10, 30)]
    assert tail("") == "  (nothing)"
