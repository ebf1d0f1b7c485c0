"""Advice for a failed case: the known failure of the product that explains it best, reversed. Pure.

The order: what stands in the file before what is missing there; then what the probes say; then what
the recording shows; then the larger change, which explains more. What is neither shown by the file
nor confirmed by a probe needs at least a trace in the recording. It is advice and never a verdict.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from reports.model import CaseResult
from reports.remedies import Advice, Probe, Remedies, Remedy
from reports.symptoms import changed_fields, symptoms

MOST = 2
SHOWN_LINES = 2
NOT_THE_PROXY = ("", "client", "origin")

STANDINGS = ("shown", "missing", "otherwise")


def with_advice(cases: Iterable[CaseResult]) -> tuple[CaseResult, ...]:
    """The same results; each failure that is not owed to client or origin has its advice."""
    return tuple(replace(case, advice=advice(case)) if _asks(case) else case for case in cases)


def _asks(case: CaseResult) -> bool:
    return bool(case.remedies.known) and case.blame.tier not in NOT_THE_PROXY


def advice(case: CaseResult) -> tuple[Advice, ...]:
    """At most two pieces of advice, the likelier first."""
    known = [one for one in case.remedies.known if one.standing in STANDINGS]
    whole = [one for one in known if not any(_is_part(one, other) for other in known)]
    able = [one for one in sorted(whole, key=lambda one: _rank(one, case)) if _may(one, case)]
    return tuple(_worded(one, case.remedies, whole) for one in able[:MOST])


def _is_part(one: Remedy, other: Remedy) -> bool:
    """Whether a larger change, which stands in the file as surely, holds all of a smaller one."""
    if one.standing != other.standing or one.size >= other.size:
        return False
    return {*one.put} <= {*other.put} and {*one.now} <= {*other.now}


def blind(case: CaseResult) -> str:
    """The fault that would come first if nobody knew the file; empty if nothing speaks for any."""
    known = [replace(one, standing="") for one in case.remedies.known]
    ranked = sorted(known, key=lambda one: _rank(one, case))
    return next((one.fault for one in ranked if _speaks(one, case) > 0), "")


def _rank(remedy: Remedy, case: CaseResult) -> tuple[int, int, int]:
    place = STANDINGS.index(remedy.standing) if remedy.standing in STANDINGS else 0
    return (place, -_speaks(remedy, case), -remedy.size)


def _may(remedy: Remedy, case: CaseResult) -> bool:
    """What only may be so in a file needs something else that speaks for it."""
    if remedy.standing == "shown":
        return True
    verdict = _probed(remedy, case.remedies.probes)
    if remedy.standing == "otherwise":
        return verdict > 0
    return verdict >= 0 and _speaks(remedy, case) > 0


def _speaks(remedy: Remedy, case: CaseResult) -> int:
    """How much the probes and the recording say for a failure, or against it."""
    text = " ".join((*remedy.put, *remedy.now)).lower()
    named = any(name in text for name in changed_fields(case.evidence))
    seen = bool(set(remedy.entries) & symptoms(case.evidence))
    return 4 * _probed(remedy, case.remedies.probes) + 2 * named + seen


def _probed(remedy: Remedy, probes: Sequence[Probe]) -> int:
    """1: a probe speaks for it; -1: one speaks against it; 0: none can tell."""
    if any(_concerns(remedy, probe.denies) for probe in probes):
        return -1
    return int(any(_concerns(remedy, probe.shows) for probe in probes))


def _concerns(remedy: Remedy, entries: Sequence[str]) -> bool:
    """Whether entries are all that a failure is: what it is besides, no probe has looked at."""
    return bool(remedy.entries) and set(remedy.entries) <= set(entries)


def _worded(remedy: Remedy, known: Remedies, rivals: Sequence[Remedy]) -> Advice:
    change, verdict = _change(remedy, known.file), _probed(remedy, known.probes)
    # A probe that speaks for two failures that stand alike tells nothing of either.
    alike = [one for one in rivals if one.standing == remedy.standing and one is not remedy]
    if verdict == 0 or (verdict > 0 and any(_probed(one, known.probes) > 0 for one in alike)):
        return Advice(remedy.fault, change)
    said = (one for one in known.probes if _concerns(remedy, one.shows + one.denies))
    return Advice(remedy.fault, change, verdict > 0, next(said).said)


def _change(remedy: Remedy, file: str) -> str:
    put, now = _lines(remedy.put), _lines(remedy.now)
    if not put:
        return f"in {file}: take out {now}"
    return f"in {file}: {put} (now: {now or 'no such line'}),"


def _lines(lines: Sequence[str]) -> str:
    more = f" … and {len(lines) - SHOWN_LINES} more" if len(lines) > SHOWN_LINES else ""
    return " ".join(lines[:SHOWN_LINES]) + more


@dataclass(frozen=True, slots=True)
class AdviceFigure:
    """How often advice reverses the very fault, over the failures of configurations with one.

    Attributes:
        right: the first advice did.
        second: only the second one did.
        silent: node ids of those without advice.
        wrong: node ids of those whose advice reverses something else.
        confirmed: how often a probe confirmed the very fault.
        misled: node ids where one confirmed another.
        blind: how often the very fault would come first without a look at the file.
    """

    right: int = 0
    second: int = 0
    silent: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    confirmed: int = 0
    misled: tuple[str, ...] = ()
    blind: int = 0

    @property
    def total(self) -> int:
        """All failures that asked for advice."""
        return self.right + self.second + len(self.silent) + len(self.wrong)

    @property
    def share(self) -> float:
        """The share of those whose first advice is right; 1 of nothing."""
        return self.right / self.total if self.total else 1.0


def figure(cases: Iterable[CaseResult]) -> AdviceFigure:
    """The figure over all cases that a fault of a configuration made fail, and that name it."""
    judged = [case for case in cases if _has_own_fault(case) and case.blame.tier]
    worth = [(_worth(case), case) for case in judged]
    sure = [(case, one.fault) for case in judged for one in case.advice if one.confirmed]
    return AdviceFigure(
        right=sum(word == "right" for word, _ in worth),
        second=sum(word == "second" for word, _ in worth),
        silent=tuple(case.node for word, case in worth if word == "silent"),
        wrong=tuple(case.node for word, case in worth if word == "wrong"),
        confirmed=sum(fault == case.fault for case, fault in sure),
        misled=tuple(case.node for case, fault in sure if fault != case.fault),
        blind=sum(blind(case) == case.fault for case in judged),
    )


def _worth(case: CaseResult) -> str:
    given = [one.fault for one in case.advice]
    if not given:
        return "silent"
    if case.fault not in given:
        return "wrong"
    return "right" if given[0] == case.fault else "second"


def _has_own_fault(case: CaseResult) -> bool:
    return not case.deviation and case.fault in {one.fault for one in case.remedies.known}
