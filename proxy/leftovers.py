"""Clearing what a killed run left, and only that.

A record whose owner lives is locked and is not looked at. Of the others only what they name is
ended: process groups whose leaders started when the record says, containers and networks that carry
the id of the run.
"""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proxy.engine import engine, sweep
from proxy.errors import RuntimeUnavailable
from proxy.process_table import boot_id, end_group
from proxy.run import LOCK, RECORD, default_base, only_one

PATIENCE = 10.0


@dataclass(frozen=True)
class Leftover:
    """What was cleared of one run.

    Attributes:
        run: the id of the run.
        groups: process groups that were killed.
        containers: names of containers that were removed.
        networks: names of networks that were removed.
    """

    run: str
    groups: tuple[int, ...]
    containers: tuple[str, ...]
    networks: tuple[str, ...]


def clear_leftovers(base: Path | None = None) -> list[Leftover]:
    """Clear what killed runs of this account left on this machine; call it before a run begins.

    A run with containers whose engine does not answer now keeps its record for the next time.
    """
    base = base or default_base()
    cleared = []
    with only_one(base):
        for home in sorted(path for path in base.iterdir() if path.is_dir()):
            with _abandoned(home) as is_abandoned:
                if is_abandoned and (leftover := _clear(home)) is not None:
                    cleared.append(leftover)
    return cleared


@contextlib.contextmanager
def _abandoned(home: Path) -> Iterator[bool]:
    lock = os.open(home / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(lock)


def _clear(home: Path) -> Leftover | None:
    record = _read(home / RECORD)
    groups = tuple(_end_groups(record))
    containers: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    if record.get("uses_engine"):
        try:
            containers, networks = _clear_engine(home.name)
        except RuntimeUnavailable:
            return None
    shutil.rmtree(home, ignore_errors=True)
    return Leftover(home.name, groups, containers, networks)


def _read(path: Path) -> dict[str, Any]:
    try:
        record: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}  # killed before the first record was whole: nothing had been started
    return record


def _end_groups(record: dict[str, Any]) -> Iterator[int]:
    if record.get("boot") != boot_id():
        return  # the machine was started anew since: its process ids mean nothing now
    for group, started in record.get("groups", {}).items():
        if end_group(int(group), started, PATIENCE):
            yield int(group)


def _clear_engine(run_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    client = engine()
    try:
        containers, networks = sweep(client, run_id)
    finally:
        client.close()
    return tuple(containers), tuple(networks)
