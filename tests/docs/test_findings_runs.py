"""What the page of findings says of nginx: its cases are run, without the cure and with it.

They need containers; conftest leaves this out where no engine answers.
"""

import json
import re
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.docs.findings import ROOT, TABLES, TEXT

DOCUMENTED = "docs/documented/nginx/default.conf"
[COMMAND] = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
WORDS = shlex.split(COMMAND.replace("\\\n", " "))[4:]

pytestmark = pytest.mark.timeout(240)  # images may have to be built first


Verdicts = dict[str, set[str]]


def judged(folder: Path, configuration: str) -> tuple[int, Verdicts]:
    """Run the cases of the table; the exit code, and the verdicts of each."""
    words = [word.replace(DOCUMENTED, configuration) for word in WORDS]
    cases = " or ".join(f"test_{name}" for name in TABLES["nginx"])
    command = [sys.executable, "-m", "reports.gate", *files(), *words, "-n", "0"]
    done = subprocess.run(
        [*command, "-k", f"nginx and ({cases})", f"--report-to={folder}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts: Verdicts = {}
    for case in json.loads((folder / "latest" / "run.json").read_text())["cases"]:
        verdicts.setdefault(case["id"], set()).add(case["verdict"])
    return done.returncode, verdicts


def files() -> list[str]:
    """The files of the cases, so that no others are read."""
    named = [f"def test_{name}(" for name in TABLES["nginx"]]
    suites = sorted((ROOT / "suites").rglob("test_*.py"))
    return [str(path) for path in suites if any(name in path.read_text() for name in named)]


def cured(folder: Path) -> str:
    """The documented configuration with the lines of the page."""
    mended = folder / DOCUMENTED
    mended.parent.mkdir(parents=True)
    shutil.copy(ROOT / DOCUMENTED, mended)
    cure = ROOT / "docs" / "documented" / "nginx.diff"
    subprocess.run(["git", "apply", cure], cwd=folder, check=True)
    return str(mended)


def test_the_cases_of_the_table_fail_as_documented_and_pass_with_the_cure(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as both:
        plain = both.submit(judged, tmp_path / "plain", DOCUMENTED)
        mended = both.submit(judged, tmp_path / "mended", cured(tmp_path))
    (failed, as_documented), (passed, with_cure) = plain.result(), mended.result()

    assert (failed, passed) == (1, 0)
    assert [name for name in TABLES["nginx"] if "fail" not in as_documented[name]] == []
    assert {each for found in with_cure.values() for each in found} <= {"pass", "waived"}
