"""Which processes there are, and since when: a process id alone may have been given to another."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
BOOT_ID = PROC / "sys/kernel/random/boot_id"


@dataclass(frozen=True)
class Process:
    """One row of the process table; `started` is text that is equal only for the same start."""

    pid: int
    group: int
    started: str


def boot_id() -> str:
    """Return what tells this boot from another; empty where start times are absolute."""
    return BOOT_ID.read_text().strip() if BOOT_ID.exists() else ""


def processes() -> list[Process]:
    """Return all living processes that this account may see; zombies are dead."""
    if (PROC / "self/stat").exists():
        return list(_from_proc())
    rows = subprocess.run(
        ["ps", "-A", "-o", "pid=,pgid=,stat=,lstart="], capture_output=True, text=True, check=True
    )
    return from_ps(rows.stdout)


def from_ps(table: str) -> list[Process]:
    """Read the output of `ps -o pid=,pgid=,stat=,lstart=`, which macOS has instead of /proc."""
    rows = (line.split(None, 3) for line in table.splitlines())
    return [
        Process(int(pid), int(group), started)
        for pid, group, state, started in rows
        if not state.startswith("Z")
    ]


def _from_proc() -> Iterable[Process]:
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):  # it ended while we were reading
            yield from _from_stat(int(entry.name), (entry / "stat").read_text())


def _of_process(pid: int) -> list[Process]:
    with contextlib.suppress(OSError):  # it has ended
        return list(_from_stat(pid, (PROC / str(pid) / "stat").read_text()))
    return []


def _from_stat(pid: int, stat: str) -> Iterable[Process]:
    # The second field is the command in brackets, which may hold anything, brackets too.
    fields = stat.rpartition(")")[2].split()
    state, group, started = fields[0], int(fields[2]), fields[19]
    if state != "Z":
        yield Process(pid, group, started)


def members(group: int, started: str) -> list[Process]:
    """Return what lives of the process group whose leader started then.

    While one member lives the kernel gives the number of the group to nobody else. So the group is
    another one only if a process with its number lives and was started at another time.
    """
    rows = [row for row in processes() if row.group == group]
    if any(row.pid == group and row.started != started for row in rows):
        return []
    return rows


def start_of(pid: int) -> str:
    """Return when a living process was started; empty if it is gone."""
    rows = _of_process(pid) if (PROC / "self/stat").exists() else processes()
    return next((row.started for row in rows if row.pid == pid), "")


def end_group(group: int, started: str, patience: float) -> bool:
    """Kill what lives of a process group and wait until it is gone; seconds. False: it was gone."""
    if not members(group, started):
        return False
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
    deadline = time.monotonic() + patience
    while members(group, started) and time.monotonic() < deadline:
        time.sleep(0.01)
    return True
