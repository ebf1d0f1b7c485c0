import json
from pathlib import Path

import pytest

from tests.soak.measures import Growth
from tests.soak.report import SCHEMA, Circumstances, as_markdown, write
from tests.soak.soak import Extent, Result

WHERE = Circumstances(
    "2026-11-23T10:00:00Z",
    "0123456789abcdef",
    "tox -e soak",
    "Linux, 2 cores",
    {"name": "nginx", "version": "1.31.3"},
)
GREW = Growth("outpost", "files", 11, 12)
STAYED = Growth("harness", "objects", 1000, 1100)
HELD = Result({"logins": 3}, [STAYED])
LEAKS = Result({"logins": 3}, [STAYED, GREW], [str(GREW)])


def test_a_figure_is_a_leak_beyond_its_tolerance_only() -> None:
    assert GREW.is_leak
    assert not STAYED.is_leak
    assert str(GREW) == "outpost holds 12 files, 11 at the start; 0 more are allowed"


@pytest.mark.parametrize(("result", "said"), [(HELD, "It held."), (LEAKS, "It did not hold: 1")])
def test_the_page_begins_with_the_verdict(result: Result, said: str) -> None:
    page = as_markdown(WHERE, Extent(), result)

    assert f"**{said}" in page
    assert "600 s behind nginx 1.31.3, 2026-11-23T10:00:00Z, commit 0123456789ab, Linux" in page
    assert "| logins | 3 |" in page
    assert ("| outpost | files | 11 | 12 | 0 | leak |" in page) is (result is LEAKS)


def test_both_files_have_the_same_facts(tmp_path: Path) -> None:
    page = write(tmp_path / "soak", WHERE, Extent(), LEAKS)

    document = json.loads((tmp_path / "soak" / "soak.json").read_text())
    assert page.read_text() == as_markdown(WHERE, Extent(), LEAKS)
    assert (document["schema"], document["held"]) == (SCHEMA, False)
    assert document["holdings"][1] == {
        "process": "outpost",
        "what": "files",
        "start": 11,
        "end": 12,
        "tolerance": 0,
        "leak": True,
    }
