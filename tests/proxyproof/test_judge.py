import subprocess
import sys
from pathlib import Path

import pytest

from proxyproof import judge


def test_the_reports_judge_and_their_exit_code_is_kept(tmp_path: Path) -> None:
    asked = (sys.executable, "-m", "proxyproof.judge", str(tmp_path / "none.json"))
    done = subprocess.run(asked, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr.startswith(f"cannot read {tmp_path / 'none.json'}")


def test_without_the_reports_it_says_where_they_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(judge, "find_spec", lambda name: None)

    assert judge.main(["run.json"]) == 2
    assert "checkout" in capsys.readouterr().err


def test_the_command_is_handed_over_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(Path(judge.__file__).parent.parent)

    assert judge.main([str(tmp_path)]) == 2
