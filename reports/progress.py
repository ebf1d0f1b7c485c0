"""What the terminal shows while cases run: a line a proxy and topic, a letter a case."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from reports.model import Verdict

LETTERS = {
    Verdict.PASS.value: ".",
    Verdict.FAIL.value: "F",
    Verdict.WARN.value: "w",
    Verdict.UNSUPPORTED.value: "-",
    Verdict.BLOCKED.value: "b",
    Verdict.ERROR.value: "E",
    Verdict.UNPROVEN.value: "?",
    Verdict.WAIVED.value: "v",
    "killed": "x",
    "survived": "S",
    "touched": "T",
    "spared": ".",
    "noticed": "x",
    "unnoticed": ".",
}
LOUD = frozenset({"fail", "error", "survived", "touched"})
QUIET = frozenset({"pass", "killed", "spared", "unnoticed"})


Group = tuple[str, str]
"""A line of the terminal: a deployment and a topic."""


@dataclass(slots=True)
class Line:
    """What is known so far of one group."""

    size: int
    words: list[str] = field(default_factory=list)
    milliseconds: float = 0.0


class Progress:
    """Shows a line as soon as it is complete; workers may be at several at once.

    Args:
        write: writes text, with pytest's own markup.
        size: how many results a group will have.
    """

    def __init__(self, write: Callable[..., None], size: Callable[[Group], int]) -> None:
        self._write = write
        self._size = size
        self._open: dict[Group, Line] = {}

    def add(self, group: Group, word: str, milliseconds: float) -> None:
        """Take one more result: its verdict, or what became of a fault."""
        line = self._open.get(group) or self._open.setdefault(group, Line(self._size(group)))
        line.words.append(word)
        line.milliseconds += milliseconds
        if len(line.words) == line.size:
            self._show(group, self._open.pop(group))

    def close(self) -> None:
        """Show what never became complete."""
        for group, line in self._open.items():
            self._show(group, line)
        self._open.clear()

    def _show(self, group: Group, line: Line) -> None:
        self._write(f"\n{group[0]:<10} {group[1]:<13} ")
        for word in line.words:
            self._write(LETTERS[word], red=word in LOUD, yellow=word not in LOUD | QUIET)
        counts = Counter(line.words)
        said = ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))
        self._write(f"  {said}  {line.milliseconds / 1000:.1f} s", flush=True)
