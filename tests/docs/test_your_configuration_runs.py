"""The guide for a user's own configuration: its commands are run as they stand.

In each runtime that there is; conftest leaves this out where there is none.
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.conftest import RUNTIMES

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "events.conf"
TEXT = (ROOT / "docs" / "your-configuration.md").read_text()
[COMMAND, MESSAGE, LINE, REFUSAL] = re.findall(r"```\w+\n(.*?)```", TEXT, re.DOTALL)
WORDS = shlex.split(COMMAND.replace("\\\n", " "))[4:]

pytestmark = pytest.mark.timeout(180)  # images may have to be built first
LOCAL = ("app:3000", "localhost:3000")


@pytest.fixture(params=RUNTIMES)
def runtime(request: pytest.FixtureRequest) -> str:
    return f"--runtime={request.param}"


def mended(folder: Path, *edits: tuple[str, str]) -> str:
    text = EXAMPLE.read_text()
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    (folder / "events.conf").write_text(text)
    return str(folder / "events.conf")


def judged(folder: Path, words: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "reports.gate", "suites", *words, "-n", "0"]
    return subprocess.run(
        [*command, f"--report-to={folder}"], cwd=ROOT, capture_output=True, text=True, check=False
    )


def timeless(text: str) -> str:
    """The text without the milliseconds that an event took."""
    return re.sub(r"after \d+ ms", "after some ms", text)


def test_the_mistake_is_told_as_the_guide_quotes_it(tmp_path: Path, runtime: str) -> None:
    done = judged(tmp_path, [*WORDS, runtime])

    assert done.returncode == 1, done.stdout
    told = timeless(done.stdout)
    assert [line for line in timeless(MESSAGE).splitlines() if line not in told] == []


def test_the_line_of_the_guide_cures_it_on_the_proxys_own_machine_too(
    tmp_path: Path, runtime: str
) -> None:
    before = "proxy_pass http://app:3000;"
    edits = (before, f"{before}\n{LINE}"), LOCAL
    typed = {"nginx=docs/examples/events.conf": f"nginx={mended(tmp_path, *edits)}"}
    typed |= {"app:3000=origin": "localhost:3000=origin"}
    words = [typed.get(word, word) for word in WORDS]

    done = judged(tmp_path / "out", [*words, runtime])

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("line", "said", "step"),
    [
        ("keepalive_timeout never;", "directive invalid value", "it must answer at port 443"),
        ("brotli on;", 'unknown directive "brotli"', "take an image that has it with --image"),
    ],
)
def test_what_the_product_rejects_is_told_in_its_own_words(
    tmp_path: Path, runtime: str, line: str, said: str, step: str
) -> None:
    path = mended(tmp_path, ("listen 443 ssl;", f"listen 443 ssl; {line}"))
    words = [word.replace("docs/examples/events.conf", path) for word in WORDS]

    done = judged(tmp_path / "out", [*words, runtime])

    assert done.returncode == 2, done.stdout
    assert said in done.stdout
    assert step in done.stdout


def test_a_missing_alias_is_told_as_the_guide_quotes_it(tmp_path: Path, runtime: str) -> None:
    at = WORDS.index("authentik:9000=outpost")

    done = judged(tmp_path, [*WORDS[: at - 1], *WORDS[at + 1 :], runtime])

    assert done.returncode == 2, done.stdout
    assert REFUSAL in done.stdout
