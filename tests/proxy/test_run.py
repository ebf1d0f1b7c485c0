import json
import os
import stat
from pathlib import Path

import pytest

from proxy.errors import ProxyError
from proxy.run import RECORD, Run, default_base, only_one


def record(run: Run) -> dict[str, object]:
    read: dict[str, object] = json.loads((run.home / RECORD).read_text())
    return read


def test_record_is_there_before_anything_is_started(run: Run) -> None:
    assert record(run)["run"] == run.id
    assert record(run)["owner"] == os.getpid()
    assert record(run)["groups"] == {}


def test_records_are_for_this_account_only(run: Run, base: Path) -> None:
    assert stat.S_IMODE(base.stat().st_mode) == 0o700
    assert str(os.getuid()) in default_base().name


def test_started_group_is_recorded_and_forgotten(run: Run) -> None:
    started = run.started_group(os.getpid())
    recorded = record(run)["groups"]
    run.ended_group(os.getpid())

    assert recorded == {str(os.getpid()): started}
    assert record(run)["groups"] == {}


def test_use_of_the_engine_is_recorded(run: Run) -> None:
    run.started_engine()

    assert record(run)["uses_engine"] is True


def test_folder_of_the_run_goes_with_it(base: Path) -> None:
    with Run.begin(base=base) as run:
        (run.folder / "evidence").write_text("x")
    run.end()

    assert not run.home.exists()


def test_folder_that_was_given_stays(base: Path, tmp_path: Path) -> None:
    with Run.begin(tmp_path / "out", base) as run:
        (run.folder / "evidence").write_text("x")

    assert (tmp_path / "out" / "evidence").read_text() == "x"


def test_base_of_another_account_is_refused(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4242)

    with (
        pytest.raises(ProxyError, match="belongs to another account: remove it or set TMPDIR"),
        only_one(base),
    ):
        pass
