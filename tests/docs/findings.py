"""What the page of findings says, read from its text."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "findings.md").read_text()

CASE = re.compile(r"`([a-z0-9]+(?:_[a-z0-9]+){2,})`")


def _tables() -> dict[str, list[str]]:
    """The cases in the first column of each product's table, by the heading above it."""
    sections = re.split(r"^## ", TEXT.partition("\n# Flaws")[0], flags=re.MULTILINE)[1:]
    return {
        section.partition("\n")[0]: [
            name
            for row in re.findall(r"^\| ([^|]*) \|", section, re.MULTILINE)
            for name in CASE.findall(row)
        ]
        for section in sections
    }


TABLES = _tables()
NAMED = sorted(set(CASE.findall(TEXT)))
