"""What the page of findings says of nginx: its cases are run, without the cure and with it.

They need containers; conftest leaves this out where no engine answers.
"""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.findings import ROOT, TABLES, TEXT

DOCUMENTED = "docs/documented/nginx/default.conf"
[COMMAND] = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
WORDS = shlex.split(COMMAND.replace("\\\n", " "))[4:]

pytestmark = pytest.mark.timeout(240)  # images may have to be built first


def judged(folder: Path, configuration: str) -> tuple[int, dict[str, set[str]]]:
    """Run the cases of the table; the exit code, and the verdicts of each."""
    words = [word.replace(DOCUMENTED, configuration) for word in WORDS]
    cases = " or ".join(f"test_{name}" for name in TABLES["nginx"])
    command = [sys.executable, "-m", "reports.gate", "suites", *words, "-n", "0"]
    done = subprocess.run(
        [*command, "-k", f"nginx and ({cases})", f"--report-to={folder}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts: dict[str, set[str]] = {}
    for case in json.loads((folder / "latest" / "run.json").read_text())["cases"]:
        verdicts.setdefault(case["id"], set()).add(case["verdict"])
    return done.returncode, verdicts


def test_every_case_of_the_table_fails_as_documented(tmp_path: Path) -> None:
    code, verdicts = judged(tmp_path / "out", DOCUMENTED)

    assert code == 1
    assert [name for name in TABLES["nginx"] if "fail" not in verdicts[name]] == []


def test_the_cure_of_the_page_cures_every_one(tmp_path: Path) -> None:
    mended = tmp_path / DOCUMENTED
    mended.parent.mkdir(parents=True)
    shutil.copy(ROOT / DOCUMENTED, mended)
    cure = ROOT / "docs" / "documented" / "nginx.diff"
    subprocess.run(["git", "apply", cure], cwd=tmp_path, check=True)

    code, verdicts = judged(tmp_path / "out", str(mended))

    assert code == 0
    assert {each for found in verdicts.values() for each in found} <= {"pass", "waived"}
