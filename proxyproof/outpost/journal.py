"""What was asked of the outpost: a line a request for people, complete heads for the control."""

import re
import sys
from collections import deque
from dataclasses import dataclass
from time import monotonic
from typing import Any, TextIO

from proxyproof.outpost.transfer.downstream import Exchange
from proxyproof.outpost.transfer.message import Fields, Request, values

CAPACITY = 10_000
"""Requests that are remembered."""

_SECRETS = re.compile(r"((?:^|[?&;])(?:code|state|[a-z_]*token[a-z_]*)=)[^&;\s]*", re.IGNORECASE)
_CASE = re.compile(r"[?&]case=([^&]*)")
_ORIGINAL = (b"x-original-url", b"x-original-uri", b"x-forwarded-uri")


@dataclass
class Entry:
    """One request.

    Attributes:
        at: monotonic seconds.
        status: 0 until a response head was sent.
        body: bytes of request body that were read.
        answered: fields of the response.
    """

    request: Request
    at: float
    case: str
    status: int = 0
    body: int = 0
    answered: Fields = ()

    def as_json(self) -> dict[str, Any]:
        """Return the entry for the control listener, field bytes as Latin-1."""
        request = self.request
        return {
            "at": self.at,
            "case": self.case,
            "method": request.method,
            "target": request.target.decode("latin-1"),
            "version": request.version,
            "fields": [[n.decode("latin-1"), v.decode("latin-1")] for n, v in request.fields],
            "peer": request.peer,
            "status": self.status,
            "body": self.body,
            "answered": [[n.decode("latin-1"), v.decode("latin-1")] for n, v in self.answered],
        }


class Journal:
    """Remembers the last requests and tells each to a person when it is over."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._entries: deque[Entry] = deque(maxlen=CAPACITY)

    def begin(self, request: Request) -> Entry:
        """Note that a request has come."""
        entry = Entry(request, monotonic(), _case_of(request))
        self._entries.append(entry)
        return entry

    def end(self, entry: Entry, exchange: Exchange) -> None:
        """Note what became of it and print its line."""
        entry.status, entry.body = exchange.status, exchange.received
        entry.answered = exchange.answered
        spent = (monotonic() - entry.at) * 1000
        target = masked(entry.request.target.decode("latin-1"))
        status = exchange.status or "gone"
        self._out.write(f"{entry.request.method} {target} {status} {spent:.1f} ms\n")

    def tell(self, line: str) -> None:
        """Print a line that belongs to no single request."""
        self._out.write(f"{line}\n")

    def of(self, case: str | None) -> list[Entry]:
        """Return the requests of one case token, or all."""
        return [entry for entry in self._entries if case is None or entry.case == case]


def masked(target: str) -> str:
    """Return a target with the values of secrets replaced by asterisks."""
    return _SECRETS.sub(r"\1***", target)


def _case_of(request: Request) -> str:
    """Return the case token of the request, or of the one that it asks about."""
    asked = [value for name in _ORIGINAL for value in values(request.fields, name)]
    for url in (*asked, request.target.decode("latin-1")):
        if found := _CASE.search(url):
            return found[1]
    return ""
