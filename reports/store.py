"""The only module that touches the disk: documents go to one folder, each at once or not at all."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

LATEST = "latest"
PREVIOUS = "previous"


def set_aside(folder: Path, names: Iterable[str]) -> None:
    """Move what the last run left from `latest` to `previous`.

    It is done when a run begins: a run that is killed leaves no report, never that of another run.
    """
    previous = folder / PREVIOUS
    for name in names:
        old = folder / LATEST / name
        if old.exists():
            previous.mkdir(parents=True, exist_ok=True)
            old.replace(previous / name)


def publish(folder: Path, documents: Mapping[str, str]) -> Path:
    """Write each document to `latest` and return that folder; a reader never sees half a file."""
    latest = folder / LATEST
    latest.mkdir(parents=True, exist_ok=True)
    for name, text in documents.items():
        _replace(latest / name, text)
    return latest


def _replace(target: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
