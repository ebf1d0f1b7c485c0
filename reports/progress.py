"""What the terminal shows while cases run: a line a proxy and topic, growing by a letter a case."""

from collections import Counter
from collections.abc import Callable

from reports.model import CaseResult, Verdict

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
}
LOUD = frozenset({"fail", "error", "survived"})
QUIET = frozenset({"pass", "killed"})


class Progress:
    """Writes as results come in; a new proxy or topic begins a new line."""

    def __init__(self, write: Callable[..., None]) -> None:
        self._write = write
        self._group: tuple[str, str] | None = None
        self._seen: Counter[str] = Counter()
        self._milliseconds = 0.0

    def add(self, word: str, case: CaseResult) -> None:
        """Show one more result.

        Args:
            word: its verdict, or what became of a fault.
            case: says to which line it belongs.
        """
        group = (case.proxy or "no proxy", case.requirement.topic)
        if group != self._group:
            self.close()
            self._group = group
            self._write(f"\n{group[0]:<10} {group[1]:<13} ")
        self._seen[word] += 1
        self._milliseconds += case.duration_ms
        colour = {"red": True} if word in LOUD else {"yellow": word not in QUIET}
        self._write(LETTERS[word], flush=True, **colour)

    def close(self) -> None:
        """End the line with its counts, if one is open."""
        if self._group is None:
            return
        others = [f"{count} {word}" for word, count in sorted(self._seen.items())]
        self._write(f"  {', '.join(others)}  {self._milliseconds / 1000:.1f} s", flush=True)
        self._group = None
        self._seen.clear()
        self._milliseconds = 0.0
