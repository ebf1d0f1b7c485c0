"""What a process holds at one moment, and should hold no more of when its work is over."""

import asyncio
import ctypes
import gc
import os
import resource
import threading
from dataclasses import dataclass
from pathlib import Path

STATM = Path("/proc/self/statm")
FILES = Path("/dev/fd")  # on Linux and macOS alike


@dataclass(frozen=True)
class Holdings:
    """What this process holds.

    Attributes:
        tasks: of the event loop that was asked.
        threads: of Python.
        files: open file descriptors, connections among them.
        objects: that the garbage collector keeps in view.
        resident: bytes of memory.
    """

    tasks: int
    threads: int
    files: int
    objects: int
    resident: int


async def holdings() -> Holdings:
    """Count them, after a full collection: garbage is held by nobody."""
    gc.collect()
    _trim()
    return Holdings(
        len(asyncio.all_tasks()),
        threading.active_count(),
        len(os.listdir(FILES)),  # noqa: PTH208 -- without an object for each, which would be counted
        len(gc.get_objects()),
        resident(),
    )


def _trim() -> None:
    """Let the allocator give back what is free: glibc keeps hundreds of MiB after large events."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl and macOS have none
    if trim is not None:
        trim(0)


def resident() -> int:
    """Bytes that this process holds in memory."""
    if not STATM.exists():  # macOS: the peak, in bytes; it grows with connections just the same
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
