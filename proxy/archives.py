"""Tar archives, in which files come into a container: the engine may be on another machine."""

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

FOLDER = "/proxyproof"
NOBODY = 65534


def packed(folder: Path) -> bytes:
    """Return a tar archive of a run folder as `/proxyproof`, owned by the account in containers."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(folder, arcname=FOLDER.strip("/"), filter=_owned_by_nobody)
    return archive.getvalue()


def laid(files: Mapping[str, bytes], links: Mapping[str, str]) -> bytes:
    """Return a tar archive of files and links by their whole path.

    All may read them, a private key too: it is one of this run, and who reads it is not known.
    """
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for path, content in files.items():
            member = tarfile.TarInfo(path.lstrip("/"))
            member.size = len(content)
            member.mode = 0o644
            tar.addfile(member, io.BytesIO(content))
        for path, target in links.items():
            member = tarfile.TarInfo(path.lstrip("/"))
            member.type, member.linkname = tarfile.SYMTYPE, target
            tar.addfile(member)
    return archive.getvalue()


def _owned_by_nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = NOBODY
    member.uname = member.gname = ""
    return member
