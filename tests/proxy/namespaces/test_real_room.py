"""Rooms as the kernel makes them; conftest leaves this out where it makes none."""

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proxy.errors import PortTaken, RuntimeUnavailable
from proxy.leftovers import clear_leftovers
from proxy.namespaces.unit import RoomUnit
from proxy.process_table import processes
from proxy.run import Run
from proxy.runtime import Lead
from tests.proxy.namespaces.placed import placed

ROOT = Path(__file__).parents[3]


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """Stands for a part of the harness: whoever comes is queued, and hears `hello` at once."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@contextlib.contextmanager
def opened(run: Run, *leads: Lead) -> Iterator[RoomUnit]:
    unit = placed(run, *leads)
    try:
        unit.start()
        yield unit
    finally:
        unit.remove()


def asked(unit: RoomUnit) -> dict[str, Any]:
    """What the product sees, as soon as it answers."""
    deadline = time.monotonic() + 10.0
    while time.monotonic() < deadline and unit.exit_status() is None:
        with contextlib.suppress(OSError):
            return _answer(unit.stage.ports["LISTEN"])
    raise AssertionError(f"no answer: {unit.output()}")


def _answer(port: int) -> dict[str, Any]:
    with socket.create_connection(("127.0.0.1", port), 10.0) as connection:
        said = b"".join(iter(lambda: connection.recv(65536), b""))
    if not said:
        raise ConnectionError("closed without a word")
    answer: dict[str, Any] = json.loads(said)
    return answer


@contextlib.contextmanager
def greeting(word: bytes) -> Iterator[str]:
    """A server of the harness that says a word to each who comes; its address."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, word], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.kill()


SERVER = """
import socket, sys
with socket.create_server(("127.0.0.1", 0)) as server:
    print("127.0.0.1:%d" % server.getsockname()[1], flush=True)
    while True:
        connection, _ = server.accept()
        with connection:
            connection.sendall(sys.argv[1].encode())
"""


def test_product_has_the_names_ports_and_files_that_it_expects(run: Run) -> None:
    with greeting(b"origin") as origin, greeting(b"outpost") as outpost:
        leads = Lead("app", 8080, origin), Lead("localhost", 3000, outpost)
        with opened(run, *leads) as unit:
            seen = asked(unit)

    assert seen == {
        "account": 1000,
        "app": "origin",
        "localhost": "outpost",
        "unknown": "nothing",
        "given": "as given",
        "log": "/dev/stdout",
        "cache": True,
        "alone": ["file"],
        "environment": ["HOME", "PATH"],
        "peer": "127.0.0.1",
    }


def test_room_outlives_a_crash_of_the_product(run: Run) -> None:
    with opened(run) as unit:
        asked(unit)
        unit.kill()
        ended = unit.exit_status()
        unit.start()
        again = asked(unit)

    assert ended is not None
    assert again["given"] == "as given"


def test_command_beside_it_runs_in_the_room(run: Run) -> None:
    with opened(run) as unit:
        asked(unit)
        status, said = unit.execute(("/bin/cat", "/srv/given/file", "/run/product.pid"))

    assert (status, said[:8]) == (0, "as given")


def test_nothing_of_it_is_on_this_machine_afterwards(run: Run) -> None:
    with opened(run) as unit:
        asked(unit)
        groups = set(run.groups)

    assert len(groups) == 2
    assert run.groups == {}
    assert {row.group for row in processes()} & groups == set()
    assert [path for path in ("/srv/given", "/run/product.pid") if Path(path).exists()] == []


def test_what_a_killed_run_left_is_cleared(base: Path) -> None:
    command = [sys.executable, "-m", "tests.proxy.namespaces.placed", str(base)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        groups = {int(group) for group in owner.stdout.readline().split()}
        owner.kill()
    left = {row.group for row in processes()} & groups

    (cleared,) = clear_leftovers(base)

    assert left == groups == set(cleared.groups)
    assert {row.group for row in processes()} & groups == set()


def test_port_that_somebody_has_is_told_as_that(run: Run, server: socket.socket) -> None:
    unit = placed(run, port=server.getsockname()[1])

    with pytest.raises(PortTaken, match="no way into its network"):
        unit.start()
    unit.remove()


def test_machine_that_makes_none_is_told_with_the_next_step(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.namespaces.unit.INSIDE", "no.such.module")
    unit = placed(run)

    with pytest.raises(RuntimeUnavailable, match=r"(?s)product expects .* start Docker.*no.such"):
        unit.start()
    unit.remove()
