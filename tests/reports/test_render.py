from pathlib import Path

import pytest

from reports import render
from reports.codec import to_json
from reports.writers import DOCUMENTS
from tests.reports.sample import FULL


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    file = tmp_path / "run.json"
    file.write_text(to_json(FULL), "utf-8")
    return file


def test_the_documents_are_made_again_beside_the_run(stored: Path) -> None:
    assert render.main([str(stored)]) == 0
    assert {file.name: file.read_text("utf-8") for file in stored.parent.iterdir()} == {
        name: write(FULL) for name, write in DOCUMENTS.items()
    }


def test_the_documents_go_where_they_are_wanted(
    stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert render.main([str(stored), str(tmp_path / "there")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'there' / 'report.html'}\n"
    assert (tmp_path / "there" / "report.html").exists()


@pytest.mark.parametrize("content", [b"{}", b"\xff", None], ids=["no run", "no text", "no file"])
def test_what_is_no_run_is_refused_in_one_line(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / "x.json").write_bytes(content)

    assert render.main([str(tmp_path / "x.json")]) == 2
    assert capsys.readouterr().err.startswith(f"cannot read {tmp_path / 'x.json'}: ")
