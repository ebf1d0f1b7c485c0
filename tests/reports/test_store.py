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


NAMES = ["run.json", "kills.json", "files"]


def test_the_last_run_is_set_aside(tmp_path: Path) -> None:
    store.publish(tmp_path / "latest", {"run.json": "old", "mine.txt": "of somebody else"})

    store.set_aside(tmp_path, NAMES)

    assert [file.name for file in (tmp_path / "latest").iterdir()] == ["mine.txt"]
    assert (tmp_path / "previous" / "run.json").read_text() == "old"


def test_what_was_set_aside_before_is_not_mixed_with_it(tmp_path: Path) -> None:
    store.publish(tmp_path / "previous", {"kills.json": "older", "mine.txt": "of somebody else"})
    store.publish(tmp_path / "previous" / "files", {"a.txt": "older"})
    store.publish(tmp_path / "latest", {"run.json": "old"})

    store.set_aside(tmp_path, NAMES)

    kept = sorted(file.name for file in (tmp_path / "previous").iterdir())
    assert kept == ["mine.txt", "run.json"]


def test_a_run_that_left_nothing_takes_the_place_of_none(tmp_path: Path) -> None:
    store.publish(tmp_path / "previous", {"run.json": "older"})

    store.set_aside(tmp_path, NAMES)

    assert (tmp_path / "previous" / "run.json").read_text() == "older"


def test_nothing_to_set_aside_makes_no_folder(tmp_path: Path) -> None:
    store.set_aside(tmp_path, ["run.json"])

    assert list(tmp_path.iterdir()) == []
