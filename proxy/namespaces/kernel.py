"""The calls of Linux that Python 3.11 has no names for (unshare(2), setns(2), mount(2))."""

import ctypes
import os
from pathlib import Path

NEWNS = 0x00020000
NEWUSER = 0x10000000
NEWNET = 0x40000000
BIND = 4096
REC = 16384
PRIVATE = 1 << 18


def unshare(flags: int) -> None:
    """Leave namespaces for new ones.

    Raises:
        OSError: the kernel does not let this account.
    """
    _call("unshare", ctypes.c_int(flags))


def enter(descriptor: int) -> None:
    """Enter the namespace that an open file of `/proc/PID/ns` stands for."""
    _call("setns", ctypes.c_int(descriptor), ctypes.c_int(0))


def mount(source: str, target: Path, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount, or bind; seen in this mount namespace alone."""
    words = (source.encode(), os.fsencode(target), kind.encode())
    try:
        _call("mount", *words, ctypes.c_ulong(flags), options.encode())
    except OSError as error:
        raise OSError(error.errno, f"mount {kind or source}", str(target)) from error


def be(account: int) -> None:
    """Take a user namespace of its own, in which this account has that number and is alone."""
    user, group = os.geteuid(), os.getegid()
    unshare(NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{account} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{account} {group} 1")


def _call(name: str, *arguments: object) -> None:
    # Here, so that the module can be imported where there is no such call.
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
