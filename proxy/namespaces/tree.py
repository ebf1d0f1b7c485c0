"""The tree of files in a room: this machine's own, with what the configuration expects among it.

Made of bind mounts and folders in memory. An overlay would be one mount in place of many, but the
kernel refuses it to an ordinary account where anything is mounted below.
"""

import contextlib
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from proxy.namespaces import kernel
from proxy.namespaces.room import DNS, GROUND, LAID, Room

ROOT = Path("/")
OWN = ("/etc", "/tmp", "/var", "/var/cache", "/var/log")
"""Folders of its own, that a product may write to, with all in them that this machine has."""

FRESH = "/run"  # of this machine it would bring the sockets that answer for other names
ABOUT_NAMES = {
    "/etc/hosts": b"127.0.0.1 localhost\n::1 localhost\n",
    "/etc/resolv.conf": f"nameserver {DNS[0]}\noptions ndots:0\n".encode(),
    "/etc/nsswitch.conf": b"passwd: files\ngroup: files\nhosts: files dns\n",
}


def root_of(home: Path) -> Path:
    """Return where the tree is, in the mount namespace of the room."""
    return home / GROUND / "root"


def lay(
    home: Path, files: Mapping[str, bytes], links: Mapping[str, str], folders: Iterable[str]
) -> None:
    """Write what lies in the tree beside this machine's own; on this machine it is in `home`."""
    (home / GROUND).mkdir(parents=True)
    for inside in (*OWN, FRESH, *folders):
        _laid(home, inside).mkdir(parents=True, exist_ok=True)
    for inside, content in {**ABOUT_NAMES, **files}.items():
        _laid(home, inside).write_bytes(content)
    for inside, target in links.items():
        _laid(home, inside).symlink_to(target)


def grow(room: Room) -> None:
    """Make the tree, in the mount namespace of the caller; nothing of it is on a disk."""
    kernel.mount("none", ROOT, flags=kernel.REC | kernel.PRIVATE)
    kernel.mount("tmpfs", room.home / GROUND, "tmpfs")
    _Tree(room).merge(ROOT, root_of(room.home))


class _Tree:
    def __init__(self, room: Room) -> None:
        self._laid = room.home / LAID
        self._alone = {Path(FRESH), Path(room.folder).resolve()}

    def merge(self, here: Path, there: Path) -> None:
        """Make a folder of what this machine has in it and what is laid into it."""
        there.mkdir()
        laid = self._laid / here.relative_to(ROOT)
        has = (
            set() if here in self._alone or not here.is_dir() else {e.name for e in here.iterdir()}
        )
        for name in sorted(has | {each.name for each in laid.iterdir()}):
            self._take_in(here / name, laid / name, there / name)
        shutil.copystat(here if has else laid, there)

    def _take_in(self, here: Path, laid: Path, there: Path) -> None:
        if laid.is_dir() and not laid.is_symlink():
            self.merge(here, there)
        elif os.path.lexists(laid):
            shutil.copyfile(laid, there, follow_symlinks=False)
        else:
            with contextlib.suppress(FileNotFoundError):  # it has gone since
                _bind(here, there)


def _bind(here: Path, there: Path) -> None:
    if here.is_symlink():
        there.symlink_to(here.readlink())
        return
    there.mkdir() if here.is_dir() else there.touch()
    kernel.mount(str(here), there, flags=kernel.BIND | kernel.REC)


def _laid(home: Path, inside: str) -> Path:
    # /var/run, for one, is a link: a folder of this name would hide what it leads to.
    path = Path(inside)
    laid = home / LAID / (path.parent.resolve() / path.name).relative_to(ROOT)
    laid.parent.mkdir(parents=True, exist_ok=True)
    return laid
