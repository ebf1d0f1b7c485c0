"""A soak of seconds: a good deployment holds, and what a soak is for is noticed."""

import asyncio
import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from fixtures.faults import Fault, faults_named
from fixtures.plan import Setup
from proxyproof.origin import FAULTS
from proxyproof.origin import Fault as OriginFault
from proxyproof.origin.parts import Parts
from proxyproof.origin.stream.websocket import WebSocketStream
from tests.soak import __main__ as command
from tests.soak.soak import Extent, Result

SHORT = Extent(
    seconds=0.5, rate=20.0, visits=5.0, trouble=0.1, kinds=("streams cut off",), patience=1.5
)


def soaked(fault: Fault) -> Result:
    result, _ = command.soak(Setup("nginx", fault), SHORT, lambda _: None)
    return result


def with_streams_of(kind: type[WebSocketStream], monkeypatch: pytest.MonkeyPatch) -> Fault:
    """A fault of the origin that no case has to notice: its WebSockets are of this kind."""

    def apply(parts: Parts) -> None:
        parts.websocket_stream = kind

    monkeypatch.setitem(FAULTS, "soaked", OriginFault("soaked", "", "", apply))
    return Fault("soaked", "origin", "")


@pytest.mark.timeout(120)
def test_five_seconds_of_all_kinds_of_trouble_are_survived(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--minutes", "0.084", "--trouble", "0.2", "--rate", "20", "--report-to", str(tmp_path)]

    code = command.main(asked)

    report = json.loads((tmp_path / "soak.json").read_text())
    counts = report["counts"]
    assert (code, report["findings"]) == (0, [])
    assert len([what for what in counts if what.startswith("trouble: ")]) == 9
    assert counts["messages received"] >= counts["events due to listeners"] > 100
    assert (tmp_path / "soak.md").read_text() in capsys.readouterr().out


def test_an_event_that_is_lost_is_noticed() -> None:
    [fault] = [each for each in faults_named("skips-on-resume") if each.part == "origin"]

    findings = soaked(fault).findings

    assert any("events lost" in finding for finding in findings)


def test_tasks_that_are_kept_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[asyncio.Task[None]] = []

    class KeepsTasks(WebSocketStream):
        def __init__(self, *args: Any) -> None:  # noqa: ANN401 -- what a stream takes
            super().__init__(*args)
            kept.append(asyncio.create_task(asyncio.sleep(60)))

    growth = soaked(with_streams_of(KeepsTasks, monkeypatch)).growth

    assert [one.what for one in growth if one.is_leak] == ["origin tasks"]


def test_connections_that_are_kept_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[socket.socket] = []

    class KeepsConnections(WebSocketStream):
        def __init__(self, *args: Any) -> None:  # noqa: ANN401 -- what a stream takes
            super().__init__(*args)
            descriptor = self.transport.get_extra_info("socket").fileno()
            kept.append(socket.socket(fileno=os.dup(descriptor)))

    growth = soaked(with_streams_of(KeepsConnections, monkeypatch)).growth
    for each in kept:
        each.close()

    assert [one.what for one in growth if one.is_leak] == ["files"]


def test_what_fails_while_nobody_looks_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Fails(WebSocketStream):
        def __init__(self, *args: Any) -> None:  # noqa: ANN401 -- what a stream takes
            super().__init__(*args)
            asyncio.get_running_loop().call_soon(self._fail)

        def _fail(self) -> None:
            raise ZeroDivisionError("in a callback")

    findings = soaked(with_streams_of(Fails, monkeypatch)).findings

    assert any("ZeroDivisionError('in a callback')" in finding for finding in findings)
