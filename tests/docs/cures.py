"""The cures of the documented configurations, one by one: `python -m tests.docs.cures envoy`.

Each block of a diff says in a comment which cases it cures. The cases of the product's table
are run with the configuration as documented, and those of each row with the blocks of that row
alone. Blocks that cure no case are there both times: without them luck decides whether any is run.
"""

import itertools
import json
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs.findings import CASE, ROOT, rows_of

DOCUMENTED = ROOT / "docs" / "documented"
CASE_NAME = CASE.pattern.strip("`")
COMMENT = re.compile(r"^\+\s*# cures (.*)$")
HUNK = re.compile(r"^@@ -(\d+),")
COMMAND = re.compile(r"^#   tox -e proxy -- ((?:.*\\\n)*.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """Lines of a diff that belong together, and the cases that they cure."""

    cures: frozenset[str]
    lines: tuple[str, ...]

    def wanted(self, case: str) -> Iterator[str]:
        """The lines as they are if they cure the case, or none; else as before the change."""
        for line in self.lines:
            if not self.cures or case in self.cures:
                yield line
            elif line[0] == "-":
                yield f" {line[1:]}"


def blocks(run: Iterable[str]) -> list[Block]:
    """The blocks of adjacent changes: what is removed belongs to the comment that follows."""
    found: list[Block] = []
    removed: list[str] = []
    for kind, group in itertools.groupby(run, _kind):
        lines = [*group]
        if kind == "removed":
            removed += lines
        elif kind == "comment":
            found.append(Block(_named(lines), (*removed, *lines)))
            removed = []
        else:
            last = found.pop()
            found.append(Block(last.cures, (*last.lines, *lines)))
    assert not removed, f"nothing says what is cured by {removed}"
    return found


def all_blocks(product: str) -> list[Block]:
    """Every block of the diff of a product."""
    return [block for _, hunks in _files(product) for _, hunk in hunks for block in _of(hunk)]


def cure(product: str, folder: Path, case: str) -> None:
    """Put the documented configuration into the folder, with what cures this case."""
    shutil.copytree(DOCUMENTED / product, folder / product)
    for name, hunks in _files(product):
        path = folder / name
        old, new, done = path.read_text().splitlines(), list[str](), 0
        for start, hunk in hunks:
            changed = [line for part in _parts(hunk) for line in _applied(part, case)]
            new += [*old[done : start - 1], *(line[1:] for line in changed if line[0] != "-")]
            done = start - 1 + sum(line[0] != "+" for line in hunk)
        path.write_text("\n".join([*new, *old[done:], ""]))


def judged(product: str, path: Path, cases: Iterable[str], folder: Path) -> dict[str, set[str]]:
    """Run these cases with a configuration, and give the verdicts of each."""
    tests = [f"test_{case}" for case in cases]
    files = [
        str(file)
        for file in sorted((ROOT / "suites").rglob("test_*.py"))
        if any(f"def {test}(" in file.read_text() for test in tests)
    ]
    words = [*_words(product, path), "-n", "0", "-k", f"{product} and ({' or '.join(tests)})"]
    subprocess.run(
        [sys.executable, "-m", "reports.gate", *files, *words, f"--report-to={folder}"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    verdicts: dict[str, set[str]] = {}
    for case in json.loads((folder / "latest" / "run.json").read_text())["cases"]:
        verdicts.setdefault(case["id"], set()).add(case["verdict"])
    return verdicts


def main(product: str, *wanted: str) -> None:
    """Print each case of the product's table, as documented and with its own cure alone."""
    rows = [row for row in rows_of(product) if not wanted or {*row} & {*wanted}]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        every = [case for row in rows for case in row]
        cure(product, folder, "")
        before = judged(product, folder / product, every, folder / "before")
        for row in rows:
            cure(product, folder / row[0], row[0])
            after = judged(product, folder / row[0] / product, row, folder / row[0] / "after")
            for case in row:
                said = sorted(before.get(case, ())), sorted(after.get(case, ()))
                sys.stdout.write(f"{product} {case}: {said[0]} -> {said[1]}\n")
                sys.stdout.flush()


def _files(product: str) -> Iterator[tuple[str, list[tuple[int, list[str]]]]]:
    """The files of a diff by their names, each with its hunks and where they start."""
    diff = (DOCUMENTED / f"{product}.diff").read_text()
    for text in re.split(r"^--- .*\n\+\+\+ b/docs/documented/", diff, flags=re.MULTILINE)[1:]:
        name, *lines = text.splitlines()
        hunks: list[tuple[int, list[str]]] = []
        for line in lines:
            if start := HUNK.match(line):
                hunks.append((int(start[1]), []))
            else:
                hunks[-1][1].append(line)
        yield name, hunks


def _parts(hunk: list[str]) -> Iterator[list[str]]:
    for _, part in itertools.groupby(hunk, lambda line: line[0] == " "):
        yield [*part]


def _of(hunk: list[str]) -> Iterator[Block]:
    for part in _parts(hunk):
        if part[0][0] != " ":
            yield from blocks(part)


def _applied(part: list[str], case: str) -> list[str]:
    if part[0][0] == " ":
        return part
    return [line for block in blocks(part) for line in block.wanted(case)]


def _kind(line: str) -> str:
    if line[0] == "-":
        return "removed"
    return "comment" if COMMENT.match(line) else "added"


def _named(comments: list[str]) -> frozenset[str]:
    texts = [match[1] for line in comments if (match := COMMENT.match(line))]
    return frozenset(name for text in texts for name in re.findall(CASE_NAME, text))


def _words(product: str, path: Path) -> list[str]:
    """The options of the command at the top of the documented file."""
    texts = [file.read_text() for file in sorted((DOCUMENTED / product).iterdir())]
    [command] = [found[1] for text in texts if (found := COMMAND.search(text))]
    words = shlex.split(command.replace("\\\n#", " "))
    [given] = [word for word in words if word.startswith(f"{product}=")]
    file = Path(given.removeprefix(f"{product}=docs/documented/{product}").lstrip("/"))
    return [f"{product}={path / file}" if word == given else word for word in words]


if __name__ == "__main__":
    main(*sys.argv[1:])
