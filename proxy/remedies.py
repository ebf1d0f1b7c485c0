"""What to change in a configuration: the known failures of its product, reversed.

Of our own template we know each line, so that a failure stands in it or does not. A user's file is
another text with the same directives: of that we know which wrong lines stand in it, and which
right ones do not.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from proxy.faults import CATALOGUE, ConfigFault, recognised
from proxy.template import PLACEHOLDER

COMMENT = re.compile(r"(?:^|\s)#.*$")
ENTRY = re.compile(r"\b[A-Z][A-Z0-9]{1,2}-\d\d\b")
PLAIN = re.compile(r"[\w.-]+[;,]?")


class Standing(StrEnum):
    """How a known failure stands in a configuration, the most certain first."""

    SHOWN = "shown"  # the wrong lines stand there
    MISSING = "missing"  # the right lines do not, with no value at all
    OTHERWISE = "otherwise"  # the directive has a value of its own
    ABSENT = "absent"  # the failure is not there


@dataclass(frozen=True)
class Remedy:
    """One known failure of a product, reversed.

    Attributes:
        fault: its name.
        standing: whether the configuration has it.
        put: the lines that cure it; none: `now` is only taken out.
        now: the lines that stand there instead.
        entries: of the failure catalogue.
        size: how much it changes: of two that are shown, the larger explains more.
    """

    fault: str
    standing: Standing
    put: tuple[str, ...]
    now: tuple[str, ...]
    entries: tuple[str, ...]
    size: int


def of_ours(product: str, config: str, template: str, names: Collection[str]) -> list[Remedy]:
    """Return the remedies for the failures of these names, by our template as it was rendered."""
    shown = {fault.name for fault in recognised(product, config, template)}
    return [
        _remedy(fault, Standing.SHOWN if fault.name in shown else Standing.ABSENT, _added(fault))
        for fault in _named(product, names)
    ]


def of_yours(product: str, text: str, template: str, names: Collection[str]) -> list[Remedy]:
    """Return the remedies for the failures of these names, by a file that a user wrote.

    Args:
        product: whose failures.
        text: the file.
        template: our good one: a line that stands there too is no sign of a failure.
        names: of the failures.
    """
    written, good = lines(text), lines(template)
    return [_remedy(fault, *_standing(fault, written, good)) for fault in _named(product, names)]


def lines(text: str) -> list[str]:
    """Return the lines that say something, without comments and with single spaces."""
    bare = (" ".join(COMMENT.sub("", line).split()) for line in text.splitlines())
    return [line for line in bare if re.search(r"\w", line)]


def _named(product: str, names: Collection[str]) -> Iterator[ConfigFault]:
    known = (CATALOGUE.get((product, name)) for name in dict.fromkeys(names))
    return (fault for fault in known if fault is not None)


def _remedy(fault: ConfigFault, standing: Standing, now: Iterable[str]) -> Remedy:
    size = sum(len(old) + len(new) for old, new in fault.edits) + 10_000 * len(fault.edits)
    entries = tuple(dict.fromkeys(ENTRY.findall(fault.source)))
    put = tuple(map(_shown, _removed(fault)))
    return Remedy(fault.name, standing, put, tuple(map(_shown, now)), entries, size)


def _shown(line: str) -> str:
    """A line of a template for a person: what a run fills in has a name."""
    return PLACEHOLDER.sub(lambda hole: f"<{hole[1].lower()}>", line)


def _removed(fault: ConfigFault) -> list[str]:
    """The right lines that the failure takes away."""
    pairs = ((lines(old), lines(new)) for old, new in fault.edits)
    return list(dict.fromkeys(line for old, new in pairs for line in old if line not in new))


def _added(fault: ConfigFault) -> list[str]:
    """The wrong lines that it brings."""
    pairs = ((lines(old), lines(new)) for old, new in fault.edits)
    return list(dict.fromkeys(line for old, new in pairs for line in new if line not in old))


def _standing(
    fault: ConfigFault, written: list[str], good: list[str]
) -> tuple[Standing, list[str]]:
    """How a failure stands in a user's file, and the lines of that which are to blame."""
    removed, added = _removed(fault), _added(fault)
    signs = [line for line in added if not _holds(good, line)]
    if signs and all(_holds(written, line) for line in added):
        return Standing.SHOWN, signs
    if any(_only_adds(old, new) for old, new in fault.edits):
        return Standing.ABSENT, []
    if not all(map(_tells, removed)) or any(_holds(written, line) for line in removed):
        return Standing.ABSENT, []
    found = [line for right in removed for line in written if _is_of(line, _key(right))]
    if not found:
        return Standing.MISSING, []
    literal = all(PLAIN.fullmatch(PLACEHOLDER.sub("", line.split()[-1])) for line in removed)
    return (Standing.OTHERWISE if literal else Standing.ABSENT), found


def _only_adds(old: str, new: str) -> bool:
    return not set(lines(old)) - set(lines(new))


def _holds(written: list[str], line: str) -> bool:
    """Whether a line of a template stands in a file, whatever fills its holes."""
    filled = r"\S*".join(map(re.escape, PLACEHOLDER.split(line)[::2]))
    pattern = re.compile(rf"(?<!\S){filled}(?!\S)")
    return any(pattern.search(each) for each in written)


def _tells(line: str) -> bool:
    """Whether a line means something outside of our template: a directive with a value."""
    return " " in line and not line.endswith("{")


def _key(line: str) -> list[str]:
    """What a directive sets, without the value: its words but the last, and without numbers."""
    words = line.split()[:-1]
    while len(words) > 1 and words[-1][0].isdigit():
        words.pop()
    return words


def _is_of(line: str, key: list[str]) -> bool:
    return line.split()[: len(key)] == key
