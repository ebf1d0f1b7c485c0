import subprocess
from pathlib import Path

import pytest

from tests.suites import busy

SHORT = ("suites/delivery/test_timing.py", "--runtime", "process", "--proxy", "nginx", "-n", "0")


@pytest.mark.timeout(180)
def test_a_busy_machine_turns_no_verdict_on_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    cases = busy.judged(SHORT, tmp_path)

    assert len(cases) >= 10
    assert {one["verdict"] for one in cases} <= {"pass", "blocked"}
    assert [one["id"] for one in cases if one["verdict"] == "blocked" and not one["why"]] == []


@pytest.mark.parametrize(
    ("verdicts", "code", "said"),
    [
        (["pass", "blocked", "unsupported", "waived"], 0, "blocked: 1\ncase 1\nturned: 0\n"),
        (["pass", "fail"], 1, "turned: 1\ncase 1: fail\n"),
        (["pass", "warn"], 1, "turned: 1\ncase 1: warn\n"),
        (["pass", "error"], 1, "turned: 1\ncase 1: error\n"),
        (["blocked"], 2, "blocked: 1\ncase 0\nturned: 0\n"),
    ],
)
def test_what_the_load_turns_is_told(
    verdicts: list[str],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cases = [{"id": f"case {one}", "verdict": verdict} for one, verdict in enumerate(verdicts)]
    monkeypatch.setattr(busy, "judged", lambda *_: cases)

    assert busy.main([]) == code
    assert capsys.readouterr().out.endswith(said)


def test_the_loops_end_with_what_is_done_beside_them(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[subprocess.Popen[bytes]] = []

    class Kept(subprocess.Popen[bytes]):
        def __init__(self, command: list[str]) -> None:
            super().__init__(command)
            begun.append(self)

    monkeypatch.setattr(subprocess, "Popen", Kept)

    with busy.busy_loops(2):
        running = [each.poll() for each in begun]

    assert running == [None, None]
    assert [each.returncode for each in begun] == [-9, -9]
