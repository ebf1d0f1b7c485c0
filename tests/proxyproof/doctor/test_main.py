import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from proxyproof.doctor import __main__ as doctor
from tests.proxyproof.doctor.stands import behind


@contextmanager
def served(*faults: str) -> Iterator[str]:
    """A deployment in a loop and thread of its own, for a command that brings its own loop."""
    ready, url = threading.Event(), list[str]()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve() -> None:
        async with behind(*faults) as where:
            url.append(where)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert ready.wait(10)
        yield url[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()


@pytest.mark.parametrize(("faults", "code"), [((), 0), (("strips-upgrade",), 1)])
def test_the_exit_code_tells(
    faults: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(*faults) as url:
        given = doctor.main([url, "--timeout", "1", "--cookie", "a=b", "--header", "X-A: b"])

    assert given == code
    assert "websocket /api/ws" in capsys.readouterr().out


def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    with served() as url:
        doctor.main([url, "--timeout", "1", "--json"])

    assert json.loads(capsys.readouterr().out)["exit"] == 0


@pytest.mark.parametrize(
    "words",
    [
        ("no-url",),
        ("https://a.example:port",),
        ("https://a.example", "--cookie", "session"),
        ("https://a.example", "--header", "nothing"),
        ("https://a.example", "--ca", "/nowhere"),
        ("http://a.example", "--path-ws", "ws"),
    ],
)
def test_bad_input_gets_one_line(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor.main(words) == 2

    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("seconds", ["0", "nan", "soon", "601"])
def test_a_timeout_is_a_number_of_seconds(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        doctor.main(["https://a.example", "--timeout", seconds])

    assert (ended.value.code, "1 to 600 seconds" in capsys.readouterr().err) == (2, True)


def test_an_interrupt_ends_it_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "examined", interrupted)

    assert doctor.main(["http://a.example"]) == 2


def test_a_reader_that_has_gone_is_no_traceback() -> None:
    command = [sys.executable, "-m", "proxyproof.doctor", "http://127.0.0.1:1", "--timeout", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()

    assert (process.returncode, said) == (2, b"")


@pytest.mark.parametrize(("unset", "shown"), [(True, True), (False, False)])
def test_colour_is_for_terminals_of_those_who_want_it(
    unset: bool, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "" if unset else "1")

    assert doctor._colour() is shown
