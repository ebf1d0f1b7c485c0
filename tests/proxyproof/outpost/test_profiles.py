import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from proxyproof.outpost.profiles import GO_2025_12, PROFILES, RUST_2026_8, Profile

TESTS = Path(__file__).parent
QUIRKS = [field.name for field in fields(Profile) if field.name != "name"]
CITATION = re.compile(r"contract (section )?\d")


@cache
def cited() -> frozenset[str]:
    """Return every word between quotes in a test that cites a section of the contract."""
    return frozenset(word for path in TESTS.rglob("test_*.py") for word in words(path))


def words(path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)]) - 2
        text = "\n".join(lines[max(first, 0) : node.end_lineno])  # with the line before it
        if node.name.startswith("test_") and CITATION.search(text):
            yield from re.findall(r'"(\w+)"', text)


@pytest.mark.parametrize("quirk", QUIRKS)
def test_every_quirk_is_named_by_a_test_that_cites_the_contract(quirk: str) -> None:
    assert quirk in cited()


@pytest.mark.parametrize("quirk", QUIRKS)
def test_every_quirk_says_what_it_is_and_where_the_contract_says_so(quirk: str) -> None:
    told = re.search(rf"\n        {quirk}: (.*?)(?=\n        \w+: |\n    \Z|\Z)", docs(), re.DOTALL)

    assert told is not None
    assert re.search(r"\((section )?\d[\d.]*[,)]", told[1])


def docs() -> str:
    return Profile.__doc__ or ""


def test_a_profile_is_found_by_its_name() -> None:
    assert dict(PROFILES) == {"rust-2026.8": RUST_2026_8, "go-2025.12": GO_2025_12}


def test_no_profile_has_the_open_door_that_was_closed_before_it() -> None:
    # contract section 7: CVE-2026-25748 is mended in 2025.12.4
    assert not any(profile.malformed_cookie_passes for profile in PROFILES.values())
