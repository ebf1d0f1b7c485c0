from pathlib import Path

import pytest

from reports import store


def test_documents_are_written(tmp_path: Path) -> None:
    store.publish(tmp_path / "latest", {"run.json": "{}\n", "report.md": "# ✓\n"})

    written = {file.name: file.read_text("utf-8") for file in (tmp_path / "latest").iterdir()}
    assert written == {"run.json": "{}\n", "report.md": "# ✓\n"}


def test_others_may_read_them(tmp_path: Path) -> None:
    store.publish(tmp_path, {"run.json": "{}"})

    assert (tmp_path / "run.json").stat().st_mode & 0o777 == 0o644


def test_a_document_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    store.publish(tmp_path, {"run.json": "old"})

    with pytest.raises(UnicodeEncodeError):
        store.publish(tmp_path, {"run.json": "\ud800"})
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"run.json": "old"}


def test_the_last_run_is_set_aside(tmp_path: Path) -> None:
    store.publish(tmp_path / "latest", {"run.json": "old", "kills.json": "kills"})

    store.set_aside(tmp_path, ["run.json", "junit.xml"])

    assert not (tmp_path / "latest" / "run.json").exists()
    assert (tmp_path / "previous" / "run.json").read_text() == "old"
    assert (tmp_path / "latest" / "kills.json").read_text() == "kills"


def test_nothing_to_set_aside_makes_no_folder(tmp_path: Path) -> None:
    store.set_aside(tmp_path, ["run.json"])

    assert list(tmp_path.iterdir()) == []
