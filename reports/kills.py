"""The kill matrix: which fault makes which case fail, and which cases nothing has ever made fail.

With `--faults` every item carries `fault` (a name; empty for a control without one), `case` and
`role`: the case names the fault and must fail, is a bystander and must pass, or is explored. A
pair is a case and a fault in one place: faults of one name in two products are two faults. It may
be tried over both transports, and is killed if one of these trials fails as a judgement. A trial
that breaks instead has shown nothing.

An item without the property `fault` stands for a case that has nothing to be tried with: unproven.
Its property `elsewhere` tells for each fault that it names which proxies of another run have it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reports.advice import AdviceFigure, figure
from reports.figure import Figure, figures
from reports.harvest import case_id, outcome
from reports.model import CaseResult, Kind, Problem, Run
from reports.recording import Item, Recording
from reports.verdicts import Outcome


class Role(StrEnum):
    """What a case has to do with a fault."""

    NAMED = "named"
    BYSTANDER = "bystander"
    EXPLORED = "explored"


class Fate(StrEnum):
    """What became of a case under a fault."""

    KILLED = "killed"
    SURVIVED = "survived"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Trial:
    """One case under one fault in one place over one transport.

    Attributes:
        place: the proxy, and the part that has the fault if it is not the proxy: `direct origin`.
    """

    case: str
    fault: str
    place: str
    flavour: str
    fate: Fate
    message: str = ""
    node: str = ""
    role: Role = Role.NAMED


@dataclass(frozen=True, slots=True)
class Pair:
    """One case and one fault in one place, over all transports.

    Attributes:
        role: whether the case must be killed by the fault, must not, or is only looked at.
    """

    case: str
    fault: str
    place: str
    role: Role
    trials: tuple[Trial, ...]

    @property
    def label(self) -> str:
        """The fault and its place, as in `buffering-on (nginx)`."""
        return f"{self.fault} ({self.place})"

    @property
    def fate(self) -> Fate:
        """Killed if one trial was; otherwise an error outweighs a survival."""
        fates = {trial.fate for trial in self.trials}
        if Fate.KILLED in fates:
            return Fate.KILLED
        return Fate.ERROR if Fate.ERROR in fates else Fate.SURVIVED

    @property
    def partial(self) -> bool:
        """Killed, but not over every transport."""
        return self.fate is Fate.KILLED and {trial.fate for trial in self.trials} != {Fate.KILLED}


@dataclass(frozen=True, slots=True)
class Matrix:
    """What a run with faults has shown.

    Attributes:
        controls: the same cases without a fault, which must pass.
        unproven: case to the faults that it names, where none of these can be tried here.
        elsewhere: fault to the proxies that have it, where it is one that an unproven case names.
        problems: why something was not judged.
        attribution: how often the tier that has the fault was named.
        advice: how often the advice reverses the fault, of those in configurations.
    """

    run: Run
    pairs: tuple[Pair, ...]
    controls: tuple[Trial, ...] = ()
    unproven: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    attribution: tuple[Figure, ...] = ()
    advice: AdviceFigure = field(default_factory=AdviceFigure)

    @property
    def survivors(self) -> tuple[Pair, ...]:
        """Cases that a fault they name does not make fail."""
        return tuple(p for p in self.of(Role.NAMED) if p.fate is Fate.SURVIVED)

    @property
    def unexplained(self) -> tuple[Pair, ...]:
        """Cases that fail beside a fault of another kind."""
        return tuple(p for p in self.of(Role.BYSTANDER) if p.fate is Fate.KILLED)

    @property
    def noticed(self) -> tuple[Pair, ...]:
        """Cases that were only looked at, and that the fault makes fail."""
        return tuple(p for p in self.of(Role.EXPLORED) if p.fate is Fate.KILLED)

    def of(self, role: Role) -> tuple[Pair, ...]:
        """The pairs of one role."""
        return tuple(pair for pair in self.pairs if pair.role == role)

    @property
    def false_alarms(self) -> tuple[Trial, ...]:
        """Cases that fail without any fault."""
        return tuple(trial for trial in self.controls if trial.fate is Fate.KILLED)

    @property
    def exit(self) -> int:
        """3 harness at fault, 1 a rule of the matrix broken, 2 something not judged, 0 proven."""
        if any(problem.kind is Kind.HARNESS for problem in self.problems):
            return 3
        if self.survivors or self.unexplained or self.false_alarms:
            return 1
        return 2 if self.problems or not self.pairs else 0


def fate(case_outcome: Outcome) -> Fate:
    """A failed judgement kills, a pass survives, and all else has shown nothing."""
    if case_outcome is Outcome.FAILED:
        return Fate.KILLED
    return Fate.SURVIVED if case_outcome is Outcome.PASSED else Fate.ERROR


def word(item: Item) -> str:
    """What became of an item, for the terminal; a control passes or fails like any case."""
    facts = _facts(item)
    if not _is_tried(item):
        return _untried(facts)
    became = fate(outcome(item.steps))
    if facts["fault"]:
        return _WORDS.get((_role(facts), became), became.value)
    return {Fate.KILLED: "fail", Fate.SURVIVED: "pass"}.get(became, "error")


_WORDS = {
    (Role.BYSTANDER, Fate.KILLED): "touched",
    (Role.BYSTANDER, Fate.SURVIVED): "spared",
    (Role.EXPLORED, Fate.KILLED): "noticed",
    (Role.EXPLORED, Fate.SURVIVED): "unnoticed",
}


def matrix(recording: Recording, run: Run) -> Matrix:
    """The matrix of everything that was recorded."""
    finished = {node: item for node, item in recording.items.items() if item.finished}
    tried = {node: item for node, item in finished.items() if _is_tried(item)}
    trials = [_trial(recording.result(node), item) for node, item in tried.items()]
    return Matrix(
        run=run,
        pairs=_pairs(trial for trial in trials if trial.fault),
        controls=tuple(trial for trial in trials if not trial.fault),
        unproven=_unproven(finished),
        elsewhere=_elsewhere(finished),
        problems=(*recording.heard(), *_broken(trials)),
        attribution=tuple(figures(run.cases)),
        advice=figure(run.cases),
    )


def _is_tried(item: Item) -> bool:
    facts = _facts(item)
    return "fault" in facts and "unsupported" not in facts and not _deviates(facts)


def _untried(facts: Mapping[str, Any]) -> str:
    if "fault" not in facts:
        return "unproven"
    return "waived" if _deviates(facts) else "unsupported"


def _deviates(facts: Mapping[str, Any]) -> bool:
    """Whether the case may fail in this place without a fault too, as is documented."""
    return "deviation" in facts and _role(facts) is not Role.NAMED


def _unproven(items: Mapping[str, Item]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for node, item in items.items():
        facts = _facts(item)
        if "fault" not in facts:
            found[case_id(node)] = tuple(facts.get("requirement", {}).get("kills", ()))
    return dict(sorted(found.items()))


def _elsewhere(items: Mapping[str, Item]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for item in items.values():
        told = _facts(item).get("elsewhere", {})
        found |= {fault: tuple(proxies) for fault, proxies in told.items() if proxies}
    return dict(sorted(found.items()))


def _trial(case: CaseResult, item: Item) -> Trial:
    facts = _facts(item)
    fault = str(facts.get("fault") or "")
    return Trial(
        case=str(facts.get("case") or case_id(case.node)).removeprefix("test_"),
        fault=fault,
        place=_place(facts, fault, case.proxy),
        flavour=case.flavour,
        fate=fate(outcome(item.steps)),
        message=case.message,
        node=case.node,
        role=_role(facts),
    )


def _role(facts: Mapping[str, Any]) -> Role:
    named = facts.get("fault") in facts.get("requirement", {}).get("kills", ())
    return Role(facts.get("role") or (Role.NAMED if named else Role.BYSTANDER))


def _place(facts: Mapping[str, Any], fault: str, proxy: str) -> str:
    """`direct+origin.reorders` gives `direct origin`; a proxy may be a chain, with a joint too."""
    named = str(facts.get("deployment") or "").removesuffix(fault)
    return f"{proxy} {named.removeprefix(proxy).strip('.+')}".rstrip()


def _facts(item: Item) -> dict[str, Any]:
    return dict(item.properties)


def _pairs(trials: Iterable[Trial]) -> tuple[Pair, ...]:
    grouped: dict[tuple[str, str, str], list[Trial]] = {}
    for trial in trials:
        grouped.setdefault((trial.case, trial.fault, trial.place), []).append(trial)
    return tuple(Pair(*key, group[0].role, tuple(group)) for key, group in sorted(grouped.items()))


def _broken(trials: Iterable[Trial]) -> list[Problem]:
    return [
        Problem(Kind.NOT_JUDGED, f"{trial.case} under {trial.fault or 'no fault'}: {_first(trial)}")
        for trial in trials
        if trial.fate is Fate.ERROR
    ]


def _first(trial: Trial) -> str:
    return (trial.message.splitlines() or ["it broke and says nothing"])[0]
