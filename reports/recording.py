"""What pytest told during one session, kept until the session can be judged as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reports import harvest
from reports.harvest import Properties, Step
from reports.model import CONTROL, CaseResult, Kind, Problem, ProxyRecord
from reports.verdicts import was_judged

NAMED = 12
"""So many cases that never ran are named; of the rest the number is told."""


@dataclass(slots=True)
class Item:
    """The phases of one item so far, its user properties as of the last of them, its result."""

    steps: list[Step] = field(default_factory=list)
    properties: Properties = ()
    judged: CaseResult | None = None

    @property
    def finished(self) -> bool:
        """Whether it came far enough to have a verdict."""
        return any(step.when != "setup" or step.outcome != "passed" for step in self.steps)


@dataclass(slots=True)
class Recording:
    """Everything heard of one session."""

    planned: list[str] = field(default_factory=list)
    items: dict[str, Item] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    said: dict[str, list[Any]] = field(default_factory=lambda: {"run": [], "proxy": []})

    def add(self, node: str, step: Step, properties: Properties) -> Item:
        """One more phase of one item."""
        item = self.items.setdefault(node, Item())
        item.steps.append(step)
        item.properties = tuple(properties)
        item.judged = None
        self._listen(properties)
        return item

    def _listen(self, properties: Properties) -> None:
        """Keep what is said of the whole run; most items say the same, and it is kept once."""
        for name, value in properties:
            heard = self.said.get(name)
            if heard is not None and isinstance(value, str | Mapping) and value not in heard:
                heard.append(value)

    def trouble(self, kind: Kind, what: str) -> None:
        """Something that keeps the run from being judged."""
        self.problems.append(Problem(kind, what))

    def result(self, node: str) -> CaseResult:
        """The result of one item as it stands, before the control has been looked at."""
        item = self.items[node]
        if item.judged is None:
            known = self.known_faults()
            item.judged = harvest.case(node, item.steps, item.properties, known)
        return item.judged

    def results(self) -> tuple[CaseResult, ...]:
        """All results, in the order of the plan; the control is not looked at yet."""
        place = {node: number for number, node in enumerate(self.planned)}
        finished = [node for node, item in self.items.items() if item.finished]
        ordered = sorted(finished, key=lambda node: place.get(node, len(place)))
        return tuple(self.result(node) for node in ordered)

    def heard(self) -> tuple[Problem, ...]:
        """Why the session as a whole was not judged: what was told and what was missed."""
        return (*self.problems, *self._lost())

    def all_problems(self, results: Sequence[CaseResult]) -> tuple[Problem, ...]:
        """The same, and what the single results add to it.

        Args:
            results: before the control was looked at: what is blocked by it is no problem of its
                own, because the control's verdict decides.
        """
        found = [harvest.problem(result, self.items[result.node].steps) for result in results]
        nothing = nothing_judged(results) if not self.problems else []
        return (*self.heard(), *(problem for problem in found if problem), *nothing)

    def _lost(self) -> list[Problem]:
        finished = {node for node, item in self.items.items() if item.finished}
        lost = [node for node in self.planned if node not in finished]
        if not lost:
            return []
        more = f" and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
        names = ", ".join(harvest.short(node) for node in lost[:NAMED])
        return [Problem(Kind.NOT_JUDGED, f"{len(lost)} planned but never ran: {names}{more}")]

    def facts(self) -> dict[str, Any]:
        """What the items said of the whole run; versions and proxies of all of them together."""
        merged: dict[str, Any] = {}
        versions: dict[str, str] = {}
        for said in self.said["run"]:
            merged |= said
            versions |= said.get("versions", {})
        return merged | {"versions": versions}

    def known_faults(self) -> list[str] | None:
        """Names of the faults that exist, or None if nobody said."""
        for said in self.said["run"]:
            if "faults" in said:
                return list(said["faults"])
        return None

    def proxies(self) -> tuple[ProxyRecord, ...]:
        """Each proxy once, the control first, with the most that was said about it."""
        found: dict[str, ProxyRecord] = {}
        whole = [record for said in self.said["run"] for record in said.get("proxies", ())]
        for record in map(harvest.proxy_record, [*whole, *self.said["proxy"]]):
            known = found.get(record.name)
            if record.name and (known is None or _detail(record) > _detail(known)):
                found[record.name] = record
        # By name, and not as workers happen to tell of them: two reports are laid side by side.
        ordered = sorted(found.values(), key=lambda one: (one.name != CONTROL, one.name))
        return tuple(replace(one, http=self._http(one.name)) for one in ordered)

    def _http(self, proxy: str) -> str:
        """The versions of HTTP that one proxy spoke in any case."""
        said = [dict(item.properties) for item in self.items.values()]
        mine = [one for one in said if harvest.proxy_record(one.get("proxy", "")).name == proxy]
        return harvest.spoken(one.get("http", {}) for one in mine)


def _detail(record: ProxyRecord) -> int:
    return bool(record.version) + bool(record.image)


def nothing_judged(results: Sequence[CaseResult]) -> list[Problem]:
    """Each proxy whose cases all ran to no verdict that counts; the control may be such a one.

    Without this a proxy that supports nothing any more would leave the gate green. A reason that
    all of them share is told: a browser that is missing, with what installs it.
    """
    proxies = dict.fromkeys(result.proxy for result in results)
    if set(proxies) != {CONTROL}:
        proxies.pop(CONTROL, None)
    problems = []
    for proxy in proxies:
        mine = [result for result in results if result.proxy == proxy]
        if not was_judged(mine):
            kinds = ", ".join(sorted({result.verdict.value for result in mine}))
            what = f"no case behind {proxy or 'no proxy'} has a verdict that counts: all {kinds}"
            reasons = {result.reason for result in mine}
            what += f": {reasons.pop()}" if len(reasons) == 1 and "" not in reasons else ""
            problems.append(Problem(Kind.NOT_JUDGED, what, proxy))
    return problems
