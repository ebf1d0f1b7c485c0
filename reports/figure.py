"""How often attribution names the tier that really has the fault: right, unknown, wrong. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from reports.attribution import UNKNOWN
from reports.model import CaseResult

REQUIRED = 0.95
"""So large a share of all failures must be named rightly; none may be named wrongly."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The count over all failures that a fault made.

    Attributes:
        part: the tier that has the fault; empty for all of them together.
        wrong: node ids of those that were named wrongly.
        unknown: node ids of those that were named not at all.
    """

    part: str
    right: int
    unknown: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """All failures that were to be attributed."""
        return self.right + len(self.unknown) + len(self.wrong)

    @property
    def share(self) -> float:
        """The share that was named rightly; 1 of nothing."""
        return self.right / self.total if self.total else 1.0

    @property
    def is_good(self) -> bool:
        """Whether attribution may be believed."""
        return self.share >= REQUIRED and not self.wrong

    def __str__(self) -> str:
        counts = f"{self.right} right, {len(self.unknown)} unknown, {len(self.wrong)} wrong"
        return f"{self.part or 'attribution'}: {counts} of {self.total}"


def figures(cases: Iterable[CaseResult]) -> list[Figure]:
    """The figure of each tier that had a fault, that of all of them first; empty without any."""
    # A failure that is declared has its own cause: it would be there without the fault.
    judged = [case for case in cases if case.part and case.blame.tier and not case.deviation]
    if not judged:
        return []
    parts = sorted({case.part for case in judged})
    return [_figure("", judged), *(_figure(p, [c for c in judged if c.part == p]) for p in parts)]


def _figure(part: str, cases: list[CaseResult]) -> Figure:
    unknown = [case.node for case in cases if case.blame.tier == UNKNOWN]
    right = sum(case.blame.tier == case.part for case in cases)
    wrong = [case.node for case in cases if case.blame.tier not in (case.part, UNKNOWN)]
    return Figure(part, right, tuple(unknown), tuple(wrong))
