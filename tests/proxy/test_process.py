import signal
import subprocess
from pathlib import Path

import pytest

from proxy.definitions import definition
from proxy.errors import ImageUnavailable
from proxy.process import ProcessRuntime
from proxy.process_unit import GATE, OUTPUT, ProcessUnit
from proxy.program import PYTHON, Command, Executable
from proxy.ready import Patience
from proxy.run import Run
from proxy.runtime import Reach, Stage


def unit(run: Run, *argv: str) -> ProcessUnit:
    return ProcessUnit(argv, run.folder, run, Patience())


def test_program_begins_only_when_its_record_is_written(run: Run) -> None:
    witness = run.folder / "began"
    with subprocess.Popen([*GATE, "touch", str(witness)], stdin=subprocess.PIPE) as shell:
        assert shell.stdin is not None
        shell.stdin.close()  # as the kernel does when the harness is killed

        assert shell.wait() != 0
        assert not witness.exists()


def test_program_that_cannot_be_run_ends_with_a_message(run: Run) -> None:
    broken = unit(run, "/no/such/program")
    broken.start()
    assert broken._process is not None
    broken._process.wait()

    assert broken.exit_status() == 127
    assert "/no/such/program" in broken.output()
    broken.remove()


def test_what_it_writes_from_a_position_on_is_told_alone(run: Run) -> None:
    made = unit(run, "true")
    (made.folder / OUTPUT).write_text("before\n")
    position = made.position()
    with (made.folder / OUTPUT).open("a") as output:
        output.write("after\n")

    assert (made.output(position), made.output()) == ("after\n", "before\nafter\n")


def test_unit_that_was_never_started_has_ended_and_said_nothing(run: Run) -> None:
    never = unit(run, "true")
    for act in (never.pause, never.resume, never.stop, never.kill, never.remove):
        act()

    assert never.exit_status() == 0
    assert never.output() == ""


def test_unit_without_process_takes_a_signal_in_silence(run: Run) -> None:
    ProcessUnit(("true",), run.folder, run, Patience()).send(signal.SIGHUP)


def test_command_beside_a_unit_runs_in_its_folder(run: Run) -> None:
    made = unit(run, "/bin/sh")

    assert made.execute(("{executable}", "-c", "pwd; exit 3")) == (3, f"{run.folder}\n")


def test_programs_and_harness_meet_on_loopback(run: Run) -> None:
    runtime = ProcessRuntime(run)

    assert runtime.reach == Reach("127.0.0.1", "127.0.0.1", ("127.0.0.0/8",), "127.0.0.1")
    assert runtime.folder(Path("/x")) == "/x"
    runtime.close()


def test_binary_is_put_before_the_arguments(run: Run) -> None:
    command = Command(PYTHON, ("-c", "{config}", "{folder}/x"), ("-V",))
    stage = Stage("x", command, run.folder, "x.conf", {"LISTEN": 1}, "")

    made = ProcessRuntime(run).unit(stage)

    assert isinstance(made, ProcessUnit)
    assert made.argv[1:] == ("-c", f"{run.folder}/x.conf", f"{run.folder}/x")


def test_version_is_not_looked_for_in_the_path_of_the_binary(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = run.folder / "python3.11" / "tool"
    tool.parent.mkdir()
    tool.write_text('#!/bin/sh\necho "$0 version 1.2.3"\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    command = Command(Executable("tool"), (), ("--version",))

    said = ProcessRuntime(run).version(command, unit(run, str(tool)))

    assert said == "tool version 1.2.3\n"


def test_image_that_is_wanted_for_a_process_is_refused(run: Run) -> None:
    runtime = ProcessRuntime(run)

    with pytest.raises(ImageUnavailable, match="nginx runs as a process, which has no image"):
        runtime.image(definition("nginx"), "nginx:1.27")
    assert runtime.image(definition("nginx"), None) == ""
