"""The circumstances of a measurement, which belong to every figure."""

import os
import platform
import resource
from pathlib import Path

from reports import facts
from tests.bench.trouble import BenchError

CPUINFO = Path("/proc/cpuinfo")


def describe() -> str:
    """Machine, versions and commit, each on a line of its own."""
    machine = facts.machine()
    versions = ", ".join(f"{name} {number}" for name, number in facts.versions().items())
    return "\n".join(
        (
            f"machine   {machine.platform}, {machine.cores} cores, {_model()}",
            f"versions  {versions}",
            f"commit    {facts.commit(Path.cwd())[:12]}",
            f"load      {load()} at first; on a busy machine trust CPU time more than rates",
        )
    )


def load() -> str:
    """The load average of the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def allow_files(needed: int) -> None:
    """Let this process and its children have so many open files.

    Raises:
        BenchError: the system does not allow it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise BenchError(
            f"{needed} open files are needed and {hard} allowed: raise the hard limit (ulimit -Hn)"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def _model() -> str:
    lines = CPUINFO.read_text().splitlines() if CPUINFO.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
