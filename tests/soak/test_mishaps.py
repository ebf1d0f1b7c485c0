import logging
import threading
from dataclasses import dataclass

import pytest
from aiohttp.http_exceptions import BadHttpMessage

from tests.soak.mishaps import FAILED, Mishaps, failures_of


@pytest.mark.parametrize(
    "line",
    [
        "Traceback (most recent call last):",
        "asyncio: Task exception was never retrieved",
        "2026/11/23 [alert] 7#7: worker process 8 exited on signal 11 (core dumped)",
        "panic: runtime error: index out of range",
        "thread 'main' panicked at src/main.rs:2:5",
        "envoy: Assertion `false' failed.",
    ],
)
def test_what_programs_write_when_they_fail_is_read(line: str) -> None:
    assert FAILED.findall(f"one line\n{line}\nanother")


def test_what_programs_write_in_trouble_is_no_failure() -> None:
    ordinary = [
        "2026/11/23 [notice] 7#7: worker process 8 exited with code 0",
        "2026/11/23 [error] 8#8: *1 connect() failed (111: Connection refused)",
    ]

    assert not FAILED.findall("\n".join(ordinary))


def test_a_thread_that_fails_is_seen() -> None:
    mishaps = Mishaps()
    with mishaps.watching():
        thread = threading.Thread(target=lambda: 1 / 0, name="divides")
        thread.start()
        thread.join()

    [seen] = mishaps.seen
    assert "divides" in seen
    assert "ZeroDivisionError" in seen


def test_what_fails_while_it_is_collected_is_seen() -> None:
    class Fails:
        def __del__(self) -> None:
            raise ZeroDivisionError("collected")

    mishaps = Mishaps()
    with mishaps.watching():
        Fails()

    [seen] = mishaps.seen
    assert "ZeroDivisionError('collected')" in seen


@dataclass
class Program:
    """What is asked of a program that runs."""

    written: str = "started\n"
    is_running: bool = True
    name: str = "nginx"

    def output(self) -> str:
        return self.written


@pytest.mark.parametrize(
    ("program", "told"),
    [
        (Program(), []),
        (Program(is_running=False), ["nginx: it is not running any more"]),
        (Program("a\npanic: nil\nb\n"), ["nginx: panic: nil"]),
    ],
)
def test_a_program_that_ended_or_wrote_of_a_failure_is_told(
    program: Program, told: list[str]
) -> None:
    assert failures_of(program) == told


def test_a_handler_that_fails_is_seen_but_not_what_a_client_did() -> None:
    mishaps, log = Mishaps(), logging.getLogger("aiohttp.server")
    with mishaps.watching():
        for error in (BadHttpMessage("no head"), KeyError("user")):
            log.error("Error handling request", exc_info=error)

    assert mishaps.seen == ["Error handling request: KeyError('user')"]
