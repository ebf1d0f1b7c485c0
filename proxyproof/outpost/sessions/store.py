"""Where sessions are kept: in memory, or as files that outlive a restart (contract section 2)."""

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import time
from typing import Any


@dataclass(frozen=True)
class Session:
    """One session; until the callback it is a placeholder that knows nobody.

    Attributes:
        id: what the cookie names.
        expires_at: seconds since the epoch; absolute, never renewed.
        sub: the provider's subject, empty before the login.
        claims: the claims as of the login.
        token: the raw token of the provider.
        jwks: where the keys are that the token can be checked with.
    """

    id: str
    expires_at: float
    sub: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    token: str = ""
    jwks: str = ""

    @property
    def authenticated(self) -> bool:
        """Whether somebody has logged in."""
        return bool(self.sub)

    @classmethod
    def new(cls, seconds: float) -> "Session":
        """Return a placeholder with a fresh id."""
        return cls(id=secrets.token_urlsafe(32), expires_at=time() + seconds)


class StoreError(Exception):
    """A session cannot be kept."""


class MemoryStore:
    """Sessions that die with the process.

    `on_end` is called with the id of each session that is deleted or has run out. `ends` counts how
    often those of a subject were ended, none or many: what was asked about one before may be void.
    """

    def __init__(self) -> None:
        self.ends = 0
        self.on_end: list[Callable[[str], None]] = []
        self._sessions: dict[str, Session] = {}

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._sessions.values()))

    def find(self, session_id: str) -> Session | None:
        """Return the session of that id, expired or not."""
        return self._sessions.get(session_id)

    def save(self, session: Session) -> None:
        """Add or replace a session."""
        self._sessions[session.id] = session

    def delete(self, session_id: str) -> None:
        """Forget a session; an unknown id is no error."""
        if self._sessions.pop(session_id, None) is not None:
            self._tell(session_id)

    def of(self, sub: str) -> list[Session]:
        """Return all sessions of one subject."""
        return [session for session in self if session.sub == sub]

    def end(self, sub: str) -> int:
        """Delete all sessions of one subject; returns how many."""
        self.ends += 1
        ended = self.of(sub)
        for session in ended:
            self.delete(session.id)
        return len(ended)

    def expire(self, sub: str) -> int:
        """Let the time of all sessions of one subject come; returns how many."""
        self.ends += 1
        due = self.of(sub)
        for session in due:
            self.save(replace(session, expires_at=time()))
            self._tell(session.id)
        return len(due)

    def sweep(self) -> None:
        """Delete what has run out."""
        now = time()
        for session in self:
            if session.expires_at <= now:
                self.delete(session.id)

    def _tell(self, session_id: str) -> None:
        for tell in self.on_end:
            tell(session_id)


class FolderStore(MemoryStore):
    """Sessions as files `session_<id>`, as the standalone outpost has them; read once, at start."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in folder.glob("session_*"):
            session = _read(path)
            if session is not None:
                super().save(session)

    def save(self, session: Session) -> None:
        """Add or replace a session, on disk and in memory.

        Raises:
            StoreError: the folder takes no more (contract section 2).
        """
        path = self._path(session.id)
        fresh = path.with_name(f".{path.name}")
        try:
            fresh.touch(mode=0o600)
            fresh.write_text(json.dumps(asdict(session)), encoding="utf-8")
            fresh.replace(path)
        except OSError as error:
            raise StoreError(f"cannot keep a session in {path.parent}: {error.strerror}") from error
        super().save(session)

    def delete(self, session_id: str) -> None:
        """Forget a session and its file."""
        if self.find(session_id) is not None:
            self._path(session_id).unlink(missing_ok=True)
        super().delete(session_id)

    def _path(self, session_id: str) -> Path:
        return self._folder / f"session_{session_id}"


def _read(path: Path) -> Session | None:
    """Return the session of a file; one that cannot be read is no session."""
    try:
        return Session(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
