"""`python -m suites.coverage`: what of the failure catalogue is detected, by what, and why not.

It writes `docs/coverage.md` from three sources: the entries and reasons of `docs/coverage.toml`,
the `field=` of the cases' marks, and the entries that the sources of the faults name. A test keeps
the document current.
"""

import importlib
import pkgutil
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import suites
from fixtures.faults import FAULTS, Fault
from suites.requirement import Requirement

DOCS = Path(__file__).parents[1] / "docs"
TABLE, PAGE = DOCS / "coverage.toml", DOCS / "coverage.md"
ENTRY = re.compile(r"\b(?:[A-Z]{2,3}|H2)-\d\d\b")
BINDING = ("S1", "S2")


@dataclass(frozen=True)
class Entry:
    """One entry of the failure catalogue.

    Attributes:
        id: such as `BUF-01`
        title: what goes wrong
        severity: `S1` security broken, `S2` stream unusable or data lost, `S3` degraded, `S4` minor
        reason: why there is no case, or what of the entry the cases leave out
    """

    id: str
    title: str
    severity: str
    reason: str = ""


@dataclass(frozen=True)
class Coverage:
    """One entry with what detects it and what stands for it."""

    entry: Entry
    cases: tuple[str, ...]
    faults: Mapping[str, tuple[str, ...]]

    @property
    def state(self) -> str:
        """`covered` by a case, `explained` by a reason, or `left`."""
        if self.cases:
            return "covered"
        return "explained" if self.entry.reason else "left"


def entries() -> list[Entry]:
    """The entries of the catalogue, in its order."""
    table = tomllib.loads(TABLE.read_text())
    return [Entry(name, **facts) for name, facts in table.items()]


def coverage() -> list[Coverage]:
    """Every entry with its cases and faults."""
    cases = dict(marked())
    return [
        Coverage(
            entry,
            tuple(sorted(name for name, mark in cases.items() if entry.id in mark.field)),
            _parts(fault for fault in FAULTS if entry.id in ENTRY.findall(fault.source)),
        )
        for entry in entries()
    ]


def marked() -> Iterator[tuple[str, Requirement]]:
    """The cases by name, with what their marks say."""
    for module in _modules():
        for name, case in vars(module).items():
            marks = getattr(case, "pytestmark", []) if name.startswith("test_") else []
            for mark in marks:
                if mark.name == "requirement":
                    yield name.removeprefix("test_"), Requirement(**mark.kwargs)


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(suites.__path__, "suites."):
        if found.name.rpartition(".")[2].startswith("test_"):
            yield importlib.import_module(found.name)


def _parts(faults: Iterable[Fault]) -> Mapping[str, tuple[str, ...]]:
    """The parts and products that have a fault, by its name."""
    found: dict[str, list[str]] = {}
    for fault in faults:
        part = fault.proxy if fault.part == "configuration" else fault.part
        found.setdefault(fault.name, []).append(part or fault.part)
    return {name: tuple(sorted(set(parts))) for name, parts in sorted(found.items())}


def page(found: list[Coverage]) -> str:
    """The document."""
    lines = [HEAD.format(**_counts(found))]
    for family, title in FAMILIES.items():
        rows = [_row(one) for one in found if one.entry.id.startswith(f"{family}-")]
        lines += [f"\n## {title}\n", *TABLE_HEAD, *rows]
    unnamed = ", ".join(f"`{name}`" for name in unused()) or "none"
    return "\n".join([*lines, f"\nFaults that no case names: {unnamed}.\n"])


def unused() -> list[str]:
    """Faults that exist and that no case names, so that nothing proves that they do anything."""
    named = {name for _, mark in marked() for name in mark.kills}
    return sorted({fault.name for fault in FAULTS} - named)


def _counts(found: list[Coverage]) -> dict[str, int]:
    states = [one.state for one in found]
    binding = [one for one in found if one.entry.severity in BINDING]
    return {
        "all": len(found),
        **{state: states.count(state) for state in ("covered", "explained", "left")},
        "binding": len(binding),
        "binding_covered": sum(one.state == "covered" for one in binding),
    }


def _row(one: Coverage) -> str:
    entry = one.entry
    cases = ", ".join(f"`{name}`" for name in one.cases)
    detected = " ".join(filter(None, (cases, f"*{entry.reason}*" if entry.reason else "")))
    faults = ", ".join(f"`{name}` ({', '.join(parts)})" for name, parts in one.faults.items())
    return f"| {entry.id} | {entry.title} | {entry.severity} | {detected} | {faults} |"


FAMILIES = {
    "BUF": "Buffering and latency",
    "HDR": "Opening handshake, path and query",
    "H2": "HTTP/2 and extended CONNECT",
    "AUT": "The decision of the gate",
    "COO": "Cookies",
    "REV": "Sessions that end under a stream",
    "SEC": "Security of the stream",
    "TMO": "Timers, heartbeats, liveness",
    "RLD": "Reload, restart, roll-out",
    "CLS": "Closing and control frames",
    "FRM": "Frames and payload",
    "SSE": "EventSource and its grammar",
    "REC": "Reconnection, order, loss",
    "CON": "Capacity and flow control",
    "CAC": "Caches, transformations, service workers",
    "ERR": "Statuses",
    "FLB": "Fallback and rollback",
}
TABLE_HEAD = (
    "| entry | what goes wrong | severity | case, or *why there is none* | fault |",
    "|---|---|---|---|---|",
)
HEAD = """# Coverage of the failure catalogue

Generated by `python -m suites.coverage`; a test keeps it current. An entry is a way in which
streams behind authenticating proxies were seen to fail in the field. Severity: S1 a security
boundary is broken, S2 the stream is unusable or data is lost, S3 degraded but recovers, S4 minor. A
case detects the entry behind every proxy; a fault commits it, in the part or product in brackets.
`relay` is a faulty hop between proxy and origin, which stands for products that cannot run here.

{all} entries: {covered} covered by a case, {explained} explained, {left} left. Of the {binding} of
severity S1 and S2, {binding_covered} are covered."""


def main() -> int:
    """Write the document."""
    PAGE.write_text(page(coverage()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
