"""`report.html`: the run for a person, in one file that asks for nothing from anywhere."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from reports import answers, margins
from reports.model import CaseResult, Margin, Requirement, Run
from reports.writers import heads, timeline
from reports.writers.heads import Row
from reports.writers.templating import ENVIRONMENT
from reports.writers.timeline import Picture


@dataclass(frozen=True, slots=True)
class Detail:
    """One result as its panel shows it; what that draws is made when it is drawn, and not kept."""

    anchor: str
    case: CaseResult

    @property
    def exchanges(self) -> Iterator[tuple[str, list[Row], str]]:
        """What became of the head of each request: label, lines, and in a few words."""
        for exchange in self.case.evidence.requests:
            rows = heads.rows(exchange)
            yield exchange.label, rows, heads.summary(rows)

    @property
    def picture(self) -> Picture | None:
        """The events on one axis of time, if there are any."""
        return timeline.picture(self.case.evidence)

    @property
    def caption(self) -> str:
        """The same in words."""
        return timeline.caption(self.case.evidence)

    @property
    def is_finding(self) -> bool:
        """Whether it must be looked at; print shows the panels of these only."""
        return self.case.verdict in answers.FINDINGS


@dataclass(frozen=True, slots=True)
class Line:
    """One case in the matrix: a cell for each proxy, in it one result or several."""

    id: str
    requirement: Requirement
    cells: tuple[tuple[Detail, ...], ...]

    @property
    def is_calm(self) -> bool:
        """Nothing to look at: the switch above the matrix may hide it."""
        return not any(detail.is_finding for cell in self.cells for detail in cell)


def write(run: Run) -> str:
    """The whole page."""
    details = list(_details(run))
    return ENVIRONMENT.get_template("report.html.j2").render(
        run=run,
        proxies=answers.proxies(run),
        groups=[(topic, _lines(run, topic, details)) for topic in answers.topics(run)],
        details=details,
        findings=_in_order(run, details),
        nearest=_nearest(run, details),
    )


def _details(run: Run) -> Iterator[Detail]:
    seen: Counter[str] = Counter()
    for case in run.cases:
        anchor = answers.anchor(case.id, case.proxy, case.transport, case.variant, case.version)
        seen[anchor] += 1
        unique = anchor if seen[anchor] == 1 else f"{anchor}.{seen[anchor]}"
        yield Detail(unique, case)


def _lines(run: Run, topic: str, details: list[Detail]) -> list[Line]:
    mine: dict[str, list[Detail]] = {}
    for detail in details:
        if detail.case.requirement.topic == topic:
            mine.setdefault(detail.case.id, []).append(detail)
    return [_line(run, name, found) for name, found in mine.items()]


def _line(run: Run, name: str, found: list[Detail]) -> Line:
    cells = [
        tuple(sorted((d for d in found if d.case.proxy == proxy), key=_flavour))
        for proxy in answers.proxies(run)
    ]
    return Line(name, found[0].case.requirement, tuple(cells))


def _flavour(detail: Detail) -> tuple[str, str, str]:
    return (detail.case.variant, detail.case.version, detail.case.transport or "")


def _in_order(run: Run, details: list[Detail]) -> list[Detail]:
    by_case = _by_case(details)
    return [by_case[id(case)] for case in answers.findings(run)]


def _nearest(run: Run, details: list[Detail]) -> list[tuple[Detail, Margin]]:
    by_case = _by_case(details)
    return [(by_case[id(case)], margin) for case, margin in margins.nearest(run)]


def _by_case(details: list[Detail]) -> dict[int, Detail]:
    return {id(detail.case): detail for detail in details}
