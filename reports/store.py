"""The only module that writes to the disk: each document at once or not at all."""

import os
import shutil
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

LATEST = "latest"
FILES = "files"
"""In it: what cases have attached, such as pictures."""
PREVIOUS = "previous"


def set_aside(folder: Path, names: Collection[str]) -> None:
    """Move what the last run left from `latest` to `previous`, which then has nothing older.

    It is done when a run begins: a run that is killed leaves no report, never that of another run.
    """
    left = [name for name in names if (folder / LATEST / name).exists()]
    if not left:
        return
    previous = folder / PREVIOUS
    for name in names:
        _remove(previous / name)
    previous.mkdir(parents=True, exist_ok=True)
    for name in left:
        (folder / LATEST / name).replace(previous / name)


def _remove(old: Path) -> None:
    if old.is_dir():
        shutil.rmtree(old)
    else:
        old.unlink(missing_ok=True)


def publish(folder: Path, documents: Mapping[str, str | bytes]) -> None:
    """Write each document into `folder`; a reader never sees half a file."""
    if documents:
        folder.mkdir(parents=True, exist_ok=True)
    for name, content in documents.items():
        _replace(folder / name, content)


def _replace(target: Path, content: str | bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
