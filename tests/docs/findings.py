"""What the page of findings says, read from its text."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "findings.md").read_text()

CASE = re.compile(r"`([a-z0-9]+(?:_[a-z0-9]+){2,})`")


def _rows() -> dict[str, list[list[str]]]:
    """The cases in the first column of each row of each product's table, by the heading above."""
    sections = re.split(r"^## ", TEXT.partition("\n# Flaws")[0], flags=re.MULTILINE)[1:]
    return {
        section.partition("\n")[0]: [
            CASE.findall(row) for row in re.findall(r"^\| ([^|]*) \|", section, re.MULTILINE)
        ]
        for section in sections
    }


ROWS = _rows()
TABLES = {product: [name for row in rows for name in row] for product, rows in ROWS.items()}
NAMED = sorted(set(CASE.findall(TEXT)))


def rows_of(product: str) -> list[list[str]]:
    """The cases of each row of a product's table, by the name that the product has in commands."""
    [heading] = [each for each in ROWS if each.lower() == product]
    return [row for row in ROWS[heading] if row]
