"""The documents at the top say what is so."""

import re
from pathlib import Path

import pytest

from proxy.definitions import definitions

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    targets = LINK.findall(document.read_text())

    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_the_gate_runs_the_two_commands_of_the_readme() -> None:
    block = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[0]
    commands = [line.partition("  ")[0].strip() for line in block.splitlines()]
    gate = (ROOT / ".ci" / "run").read_text()

    assert len(commands) == 2
    assert [command for command in commands if f'headline "{command}"' not in gate] == []


def test_the_readme_names_every_proxy() -> None:
    table = re.findall(r"^\| `([a-z0-9+]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)

    assert table == sorted(definitions(), key=lambda name: (name != "direct", name))


def test_the_architecture_fits_on_a_page_and_names_what_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    named = re.findall(r"`((?:fixtures|proxy|reports|suites)/[a-z_]+\.py)`", text)

    assert len(text.splitlines()) <= 60
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_changelog_tells_of_verdicts() -> None:
    assert "### Verdicts" in (ROOT / "CHANGELOG.md").read_text()
