"""What a reader must know about the circumstances: versions, machine, commit, command."""

import os
import platform
import shlex
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from reports.model import Machine

PACKAGES = ("pytest", "websockets", "httpx", "aiohttp")
"""The libraries that stand on both ends of every connection."""


SECRET = ("--login", "--ledger-token")
MARK = "…"


def versions() -> dict[str, str]:
    """Python and the installed packages that take part in a judgement."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue  # the run itself tells what it stands on; this is what is known without it
    return found


def machine() -> Machine:
    """Platform and the cores that this process may use."""
    return Machine(platform.platform(terse=True), _cores())


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 0


def commit(folder: Path) -> str:
    """The commit checked out in `folder`, `+` after it for uncommitted changes; or `unknown`."""
    head = _git(folder, "rev-parse", "HEAD")
    if not head:
        return "unknown"
    return head + ("+" if _git(folder, "status", "--porcelain", "--untracked-files=no") else "")


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ("git", *arguments), cwd=folder, capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def command(arguments: Sequence[str]) -> str:
    """What a person types to repeat the run: the tox command if tox runs us, else the module."""
    environment, words = os.environ.get("TOX_ENV_NAME"), _without_secrets(arguments)
    if not environment:
        return shlex.join(("python", "-m", "reports.gate", *words))
    # tox.ini gives the folder itself; only what follows was typed.
    typed = words[1:] if words[:1] == ["suites"] else words
    return shlex.join(("tox", "-e", environment, *(("--", *typed) if typed else ())))


def _without_secrets(arguments: Sequence[str]) -> list[str]:
    """The arguments, with a mark in the place of a value that lets its reader in somewhere."""
    words = []
    for before, word in zip(["", *arguments], arguments, strict=False):
        option, given, _ = word.partition("=")
        if before in SECRET:
            words.append(MARK)
        else:
            words.append(f"{option}={MARK}" if given and option in SECRET else word)
    return words


def now() -> str:
    """This moment in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
