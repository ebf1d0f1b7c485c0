"""The guide for a deployed proxy: its commands are run, against one that we deploy on loopback."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.afar.far_side import TOKEN, FarSide, far_side, judged

TEXT = (Path(__file__).parents[2] / "docs" / "deployed-proxy.md").read_text()
[SERVE, COMMAND, ANSWER, LITTLE, REFUSAL] = re.findall(r"```\w+\n(.*?)```", TEXT, re.DOTALL)
HOST = "events.example.com"

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarSide]:
    options = shlex.split(SERVE.splitlines()[1])
    trusted = options.index("--trusted-peer")
    with far_side(tmp_path_factory.mktemp("far"), options[trusted], "127.0.0.1") as side:
        yield side


def words(url: str) -> list[str]:
    typed = shlex.split(COMMAND)
    return [word.replace(f"https://{HOST}", url) for word in typed[typed.index("--") + 1 :]]


def of(text: str, url: str) -> list[str]:
    return text.replace(HOST, url.partition("://")[2]).splitlines()


def test_the_command_of_the_guide_gives_the_answer_that_it_quotes(
    deployed: FarSide, tmp_path: Path
) -> None:
    typed = [*words(deployed.url), "--ca", str(deployed.ca), "-n", "0"]

    done = judged(tmp_path, *typed, environment={"PROXYPROOF_TOKEN": TOKEN})

    assert done.returncode == 0, done.stdout
    assert [line for line in of(ANSWER, deployed.url) if line not in done.stdout] == []
    assert TOKEN not in (tmp_path / "latest" / "run.json").read_text()


def test_without_the_ledger_little_is_asked_and_the_answer_says_so(
    deployed: FarSide, tmp_path: Path
) -> None:
    cases = ["-k", "arrives_while or session_cookie_opens", "-n", "0"]
    typed = ["--proxy-url", deployed.url, "--ca", str(deployed.ca), "--login", "form:alice"]

    done = judged(tmp_path, *typed, *cases)

    assert done.returncode == 0, done.stdout
    assert [line for line in of(LITTLE, deployed.url) if line not in done.stdout] == []


def test_nobody_there_is_told_as_the_guide_quotes_it(tmp_path: Path) -> None:
    done = judged(tmp_path, *words("https://localhost:9"), environment={"PROXYPROOF_TOKEN": TOKEN})

    assert done.returncode == 2
    assert (
        REFUSAL.strip().replace(HOST, "localhost").replace("443", "9") in done.stdout + done.stderr
    )
