"""What must not happen in any process of ours: an exception that nobody caught, a program's end."""

import asyncio
import contextlib
import logging
import re
import sys
import threading
from collections.abc import Iterator
from typing import Any, Protocol

from aiohttp.http_exceptions import HttpProcessingError

# What programs write when they fail: Python, nginx and httpd, Go, Rust and C++.
FAILED = re.compile(
    r"^(Traceback .*|.*never retrieved.*|.*exited on (?:fatal )?signal.*|panic:.*"
    r"|thread .* panicked.*|.*Segmentation fault.*|.*core dumped.*"
    r"|.*[Aa]ssert(?:ion)?.* failed.*)$",
    re.MULTILINE,
)


class Mishaps(logging.Handler):
    """Collects what fails in this process while nobody looks."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Hear of a request handler that failed.

        It has not where a request could not be read.
        """
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, HttpProcessingError):
            self._note(record.getMessage(), error)

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hear of what fails in a loop; call it in the thread of the loop."""
        loop.set_exception_handler(lambda _, told: self._of_loop(told))

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Hear of what fails in threads, and in what is being collected, as long as this lasts."""
        log = logging.getLogger("aiohttp.server")
        log.addHandler(self)
        log.propagate = False
        hooks = threading.excepthook, sys.unraisablehook
        threading.excepthook = lambda told: self._note(f"thread {told.thread}", told.exc_value)
        sys.unraisablehook = lambda told: self._note(f"{told.object!r}", told.exc_value)
        try:
            yield
        finally:
            threading.excepthook, sys.unraisablehook = hooks
            log.removeHandler(self)
            log.propagate = True

    def _of_loop(self, told: dict[str, Any]) -> None:
        self._note(str(told.get("message")), told.get("exception"))

    def _note(self, where: str, error: BaseException | None) -> None:
        self.seen.append(f"{where}: {error!r}")


class Program(Protocol):
    """A program that was started, and what it has written."""

    @property
    def name(self) -> str:
        """The name of its definition."""

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""

    def output(self) -> str:
        """All that it has written."""


def failures_of(program: Program) -> list[str]:
    """Whether a program has ended, and what it wrote about failing."""
    ended = [] if program.is_running else ["it is not running any more"]
    written = [match.group() for match in FAILED.finditer(program.output())]
    return [f"{program.name}: {what}" for what in (*ended, *written)]
