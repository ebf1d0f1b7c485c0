import socket
from dataclasses import replace
from pathlib import Path

import pytest

from proxy import launch
from proxy.definitions import definition
from proxy.errors import PortTaken, StartFailed, TemplateError
from proxy.launch import Launcher
from proxy.ports import free_port, is_free
from proxy.program import Ready
from proxy.ready import Patience
from proxy.staging import VERSION
from tests.proxy.obedient import obedient
from tests.proxy.standin import StandIn


def test_started_program_answers_at_its_url(launcher: Launcher, tmp_path: Path) -> None:
    running = launcher.start(obedient(tmp_path), scheme="http")

    assert running.is_running
    assert running.url == f"http://localhost:{running.port}"
    assert running.dial == f"127.0.0.1:{running.port}"
    assert not is_free(running.port)
    assert "hello 0" in running.output()


def test_version_is_what_the_product_says(launcher: Launcher, tmp_path: Path) -> None:
    running = launcher.start(obedient(tmp_path), scheme="http")

    assert running.version[:2] == "3."
    assert (running.folder / VERSION).read_text() == f"Python {running.version}\n"


def test_version_that_cannot_be_told_is_empty(launcher: Launcher, tmp_path: Path) -> None:
    program = obedient(tmp_path)
    assert program.command is not None
    silent = replace(program.command, version=("-c", "raise SystemExit('1.2.3')"))

    assert launcher.start(replace(program, command=silent), scheme="http").version == ""


def test_port_of_the_caller_is_taken(launcher: Launcher, tmp_path: Path) -> None:
    port = free_port()

    assert launcher.start(obedient(tmp_path), port=port, scheme="http").port == port


def test_each_start_has_a_folder_of_its_own(launcher: Launcher, tmp_path: Path) -> None:
    folders = [launcher.start(obedient(tmp_path), scheme="http").folder.name for _ in range(2)]

    assert folders == ["obedient", "obedient-2"]


def test_port_that_is_in_use_is_one_clear_message(launcher: Launcher, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortTaken) as failure:
            launcher.start(obedient(tmp_path), port=port, scheme="http")

    assert str(failure.value) == (
        f"port {port} for obedient is in use on 127.0.0.1: "
        "end the program that listens there, or choose another port"
    )


def test_port_that_was_taken_meanwhile_is_replaced_by_another(
    launcher: Launcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with StandIn(lambda head, connection: connection.close()) as stranger:
        ports = iter([stranger.port, free_port()])
        monkeypatch.setattr(launch, "free_port", lambda: next(ports))

        running = launcher.start(obedient(tmp_path, "status = 204"), scheme="http")

    assert running.folder.name == "obedient-2"


def test_ports_that_are_always_taken_end_in_an_error(launcher: Launcher, tmp_path: Path) -> None:
    program = obedient(tmp_path, "dies = 1", 'says = "bind: Address in use"')

    with pytest.raises(PortTaken):
        launcher.start(program, scheme="http")

    assert len(list(launcher.run.folder.iterdir())) == launch.PORT_ATTEMPTS


def test_failed_start_says_all_that_is_known(launcher: Launcher, tmp_path: Path) -> None:
    with pytest.raises(StartFailed) as failure:
        launcher.start(obedient(tmp_path, "lines = 30", "dies = 3"), scheme="http")

    message = str(failure.value)
    folder = launcher.run.folder / "obedient"
    assert message.startswith("obedient did not become ready: exit status 3\nwaited for: http://")
    assert "(up to 5 s), last seen: ConnectionRefusedError" in message
    assert "command: python3 -S " in message
    assert f"folder: {folder}\n" in message
    assert message.endswith("\n".join(f"  hello {number}" for number in range(10, 30)))


def test_program_that_runs_and_never_answers_is_given_up_and_ended(
    launcher: Launcher, tmp_path: Path
) -> None:
    impatient = Launcher(launcher.run, launcher.runtime, Patience(start=0.1))

    with pytest.raises(StartFailed, match="did not become ready: still running"):
        impatient.start(obedient(tmp_path, "silent = true"), scheme="http")

    assert launcher.run.groups == {}


def test_wrong_status_is_not_ready(launcher: Launcher, tmp_path: Path) -> None:
    impatient = Launcher(launcher.run, launcher.runtime, Patience(start=0.3))
    program = replace(
        obedient(tmp_path, "status = 502"), ready=Ready("/ping", frozenset({200, 204}))
    )

    with pytest.raises(StartFailed, match=r"/ping \(up to 0.3 s\), last seen: "):
        impatient.start(program, scheme="http")


def test_template_error_starts_nothing(launcher: Launcher, tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="no value for @ORIGIN@"):
        launcher.start(obedient(tmp_path, "x = '@ORIGIN@'"), scheme="http")

    assert launcher.run.groups == {}


def test_control_cannot_be_started(launcher: Launcher) -> None:
    with pytest.raises(TemplateError, match="direct has no process: no proxy: the client speaks"):
        launcher.start(definition("direct"))


def test_closing_ends_everything(launcher: Launcher, tmp_path: Path) -> None:
    running = [launcher.start(obedient(tmp_path), scheme="http") for _ in range(2)]

    launcher.close()

    assert [each.is_running for each in running] == [False, False]
    assert launcher.run.groups == {}
