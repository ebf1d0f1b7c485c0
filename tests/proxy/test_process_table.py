import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy import process_table
from proxy.process_table import Process, boot_id, end_group, from_ps, members, processes, start_of


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as process:
        yield process
        process.kill()


def test_own_process_is_in_the_table() -> None:
    assert Process(os.getpid(), os.getpgrp(), start_of(os.getpid())) in processes()


def test_start_of_a_process_that_is_gone_is_empty() -> None:
    with subprocess.Popen(["true"]) as process:
        process.wait()

    assert start_of(process.pid) == ""


def test_group_is_ended_whole(sleeper: subprocess.Popen[bytes]) -> None:
    started = start_of(sleeper.pid)

    assert end_group(sleeper.pid, started, 5.0)
    assert members(sleeper.pid, started) == []
    assert sleeper.wait() == -9


def test_group_of_another_process_with_the_same_number_is_left_alone(
    sleeper: subprocess.Popen[bytes],
) -> None:
    assert not end_group(sleeper.pid, "1", 5.0)
    assert sleeper.poll() is None


def test_group_that_vanishes_before_the_signal_is_no_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = iter([[Process(2**22 + 1, 2**22 + 1, "1")], []])
    monkeypatch.setattr(process_table, "processes", lambda: next(rows))

    assert end_group(2**22 + 1, "1", 5.0)


def test_group_that_does_not_die_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_table, "processes", lambda: [Process(2**22 + 1, 2**22 + 1, "1")])

    assert end_group(2**22 + 1, "1", 0.02)


def test_table_of_ps_is_read_without_zombies() -> None:
    table = "  1     1 Ss   Mon Nov 23 03:00:00 2026\n 77    70 Z+   Mon Nov 23 03:00:01 2026\n"

    assert from_ps(table) == [Process(1, 1, "Mon Nov 23 03:00:00 2026")]


def test_machine_without_proc_asks_ps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ps = tmp_path / "ps"
    ps.write_text(f"#!{sys.executable}\nprint('5 5 S Mon Nov 23 03:00:00 2026')\n")
    ps.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(process_table, "PROC", tmp_path / "no-proc")
    monkeypatch.setattr(process_table, "BOOT_ID", tmp_path / "no-proc")

    assert processes() == [Process(5, 5, "Mon Nov 23 03:00:00 2026")]
    assert boot_id() == ""
