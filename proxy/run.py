"""A run and its record of what it has started: the next run clears what a killed one left."""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from proxy.errors import ProxyError
from proxy.process_table import boot_id, start_of

RECORD = "record.json"
LOCK = "lock"


def default_base() -> Path:
    """Return the folder of all records of this account on this machine."""
    return Path(tempfile.gettempdir()) / f"proxyproof-{os.getuid()}"


@contextlib.contextmanager
def only_one(base: Path, name: str = LOCK) -> Iterator[None]:
    """Keep two runs from beginning, ending or clearing at the same moment.

    What else only one run may do at a time has a lock of another name.
    """
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    if base.stat().st_uid != os.getuid():
        raise ProxyError(f"{base} belongs to another account: remove it or set TMPDIR")
    with (base / name).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@dataclass
class Run:
    """One run: an id, a folder for everything it writes, and the record of what it has started.

    The owner holds a lock on a file beside the record for as long as it lives; the kernel gives it
    up when the owner dies, even by SIGKILL. So a record whose lock can be had belongs to nobody,
    and one whose lock cannot be had is never touched.
    """

    id: str
    home: Path
    folder: Path
    groups: dict[int, str] = field(default_factory=dict)
    uses_engine: bool = False
    _lock: int = -1
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def begin(cls, folder: Path | None = None, base: Path | None = None) -> Self:
        """Begin a run; in a `folder` that is given the evidence outlives the run."""
        base = base or default_base()
        run_id = secrets.token_hex(6)
        home = base / run_id
        with only_one(base):
            home.mkdir(mode=0o700)
            run = cls(run_id, home, folder or home / "programs")
            run._lock = os.open(home / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(run._lock, fcntl.LOCK_EX)
            run._write()
        run.folder.mkdir(parents=True, exist_ok=True)
        return run

    def started_group(self, group: int) -> str:
        """Record a process group of this run; return the start time of its leader."""
        with self._guard:
            self.groups[group] = start_of(group)
            self._write()
            return self.groups[group]

    def ended_group(self, group: int) -> None:
        """Forget a process group that is gone."""
        with self._guard:
            self.groups.pop(group, None)
            self._write()

    def started_engine(self) -> None:
        """Record that there are containers or networks with this run's label."""
        with self._guard:
            self.uses_engine = True
            self._write()

    def end(self) -> None:
        """Give the record up; the caller has stopped everything that is in it."""
        if self._lock < 0:
            return
        with only_one(self.home.parent):
            shutil.rmtree(self.home, ignore_errors=True)
            os.close(self._lock)
        self._lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _write(self) -> None:
        record: dict[str, Any] = {
            "run": self.id,
            "owner": os.getpid(),
            "boot": boot_id(),
            "folder": str(self.folder),
            "groups": {str(group): started for group, started in self.groups.items()},
            "uses_engine": self.uses_engine,
        }
        fresh = self.home / f"{RECORD}.new"
        fresh.write_text(json.dumps(record, indent=1))
        fresh.replace(self.home / RECORD)
