"""The guide for a user's own configuration: its commands are run as they stand.

They need containers; conftest leaves this out where no engine answers.
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "events.conf"
TEXT = (ROOT / "docs" / "your-configuration.md").read_text()
[COMMAND, MESSAGE, LINE, REFUSAL] = re.findall(r"```\w+\n(.*?)```", TEXT, re.DOTALL)
WORDS = shlex.split(COMMAND.replace("\\\n", " "))[4:]

pytestmark = pytest.mark.timeout(180)  # images may have to be built first


def judged(folder: Path, words: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "reports.gate", "suites", *words, "-n", "0"]
    return subprocess.run(
        [*command, f"--report-to={folder}"], cwd=ROOT, capture_output=True, text=True, check=False
    )


def timeless(text: str) -> str:
    """The text without the milliseconds that an event took."""
    return re.sub(r"after \d+ ms", "after some ms", text)


def test_the_mistake_is_told_as_the_guide_quotes_it(tmp_path: Path) -> None:
    done = judged(tmp_path, WORDS)

    assert done.returncode == 1, done.stdout
    told = timeless(done.stdout)
    assert [line for line in timeless(MESSAGE).splitlines() if line not in told] == []


def test_the_line_of_the_guide_cures_it(tmp_path: Path) -> None:
    mended = tmp_path / "events.conf"
    before = "proxy_pass http://app:3000;"
    mended.write_text(EXAMPLE.read_text().replace(before, f"{before}\n{LINE}"))
    words = [word.replace("docs/examples/events.conf", str(mended)) for word in WORDS]

    done = judged(tmp_path / "out", words)

    assert done.returncode == 0, done.stdout


def test_a_missing_alias_is_told_as_the_guide_quotes_it(tmp_path: Path) -> None:
    at = WORDS.index("authentik:9000=outpost")

    done = judged(tmp_path, [*WORDS[: at - 1], *WORDS[at + 1 :]])

    assert done.returncode == 2, done.stdout
    assert REFUSAL in done.stdout
