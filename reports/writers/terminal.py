"""What the terminal shows at the end, and beside a failure. Plain text, no colours."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import shorten
from typing import Any

from reports import answers, harvest, kill_answers
from reports.kills import Fate, Matrix, Pair, Role
from reports.model import CaseResult, Run, Verdict

PROBLEMS = 12
WIDTH = 160


def pointers(node: str, facts: Mapping[str, Any]) -> list[str]:
    """What to know about a failure at once: the promise, where, where to look, how to repeat."""
    required = facts.get("requirement", {})
    proxy = harvest.proxy_record(facts.get("proxy", "")).name
    case, variant = harvest.case_id(node), harvest.variant(node, facts, proxy)
    over = (facts.get("transport"), variant, str(facts.get("version", "")))
    anchor = answers.anchor(case, proxy, *over)
    rows = {
        "case": case,
        "promise": required.get("promise"),
        "behind": " ".join(filter(None, (proxy, facts.get("transport"), facts.get("version")))),
        "evidence": f"report.html#{anchor}",
        "repeat": facts.get("repeat"),
    }
    return [f"{name:<9} {value}" for name, value in rows.items() if value]


def summary(run: Run, report: Path) -> list[str]:
    """The short table, one sentence a proxy, why something was not judged, and the path."""
    return [
        *_table(run),
        *(answers.answer(run, proxy) for proxy in answers.proxies(run)),
        *answers.notices(run),
        *_blames(run),
        *_problems([problem.what for problem in run.problems]),
        f"{answers.headline(run)}, report: {_near(report)}",
    ]


def _table(run: Run) -> Iterator[str]:
    """Topics by proxies; a cell holds passes and, if there are any, what else."""
    proxies = answers.proxies(run)
    if not run.cases:
        return
    rows = [["", *(proxy or "no proxy" for proxy in proxies)]]
    for topic in answers.topics(run):
        mine = [case for case in run.cases if case.requirement.topic == topic]
        rows.append([topic, *(_cell([c for c in mine if c.proxy == proxy]) for proxy in proxies)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(
            f"{text:<{width}}" for text, width in zip(row, widths, strict=True)
        ).rstrip()


def _cell(cases: list[CaseResult]) -> str:
    passed = answers.count(cases, Verdict.PASS)
    others = [f"{n} {verdict}" for verdict, n in answers.tally(cases) if verdict != Verdict.PASS]
    return ", ".join([str(passed), *others]) if cases else "."


def _blames(run: Run) -> Iterator[str]:
    """Who is to blame for what failed, a line a failure."""
    blamed = [case for case in run.cases if case.blame.tier and case.verdict is not Verdict.WAIVED]
    for case in blamed[:PROBLEMS]:
        yield f"{case.blame.tier}: {case.id} {answers.where(case)}: {case.blame.why}"
        yield from (f"  {line}" for line in answers.advice(case))
    if len(blamed) > PROBLEMS:
        yield f"{len(blamed) - PROBLEMS} more failures, see the report"


def _problems(problems: list[str]) -> Iterator[str]:
    for what in problems[:PROBLEMS]:
        yield f"not judged: {shorten(what, WIDTH, placeholder=' …')}"
    if len(problems) > PROBLEMS:
        yield f"not judged: {len(problems) - PROBLEMS} more, see the report"


def kill_summary(matrix: Matrix, report: Path) -> list[str]:
    """Every case with its faults, what broke the rules, and the path."""
    return [
        *_kill_table(matrix),
        *kill_answers.broken_rules(matrix),
        *kill_answers.noticed(matrix),
        *kill_answers.unproven(matrix),
        *kill_answers.attribution(matrix),
        *kill_answers.advice(matrix),
        *_problems([problem.what for problem in matrix.problems]),
        f"{kill_answers.counts(matrix)}, report: {_near(report)}",
    ]


def _kill_table(matrix: Matrix) -> Iterator[str]:
    """A line a case: how many of its pairs are killed, and by which faults."""
    by_case: dict[str, list[Pair]] = {}
    for pair in matrix.of(Role.NAMED):
        by_case.setdefault(pair.case, []).append(pair)
    width = max(map(len, by_case), default=0)
    for case, pairs in by_case.items():
        killed = [pair for pair in pairs if pair.fate is Fate.KILLED]
        names = ", ".join(dict.fromkeys(pair.fault for pair in killed))
        yield f"{case:<{width}}  {len(killed)}/{len(pairs)} killed  {names}".rstrip()


def _near(path: Path) -> str:
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
