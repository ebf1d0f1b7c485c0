"""What a run says, in sentences: the answer first, for a person. Pure."""

from collections.abc import Iterator, Sequence

from reports.model import EXIT_MEANINGS, CaseResult, Run, Verdict

FINDINGS = (Verdict.FAIL, Verdict.ERROR, Verdict.WARN, Verdict.WAIVED)
"""What a reader is told about one by one, the gravest first."""


def proxies(run: Run) -> list[str]:
    """Names of the proxies, as recorded and then as they appear in the results."""
    names = [proxy.name for proxy in run.proxies] + [case.proxy for case in run.cases]
    return list(dict.fromkeys(names))


def topics(run: Run) -> list[str]:
    """Topics in the order in which they first appear."""
    return list(dict.fromkeys(case.requirement.topic for case in run.cases))


def count(cases: Sequence[CaseResult], *verdicts: Verdict) -> int:
    """How many of the results have one of these verdicts."""
    return sum(case.verdict in verdicts for case in cases)


def of(run: Run, proxy: str) -> list[CaseResult]:
    """The results behind one proxy."""
    return [case for case in run.cases if case.proxy == proxy]


def answer(run: Run, proxy: str) -> str:
    """One sentence: does the event stream survive this proxy?"""
    cases = of(run, proxy)
    judged = len(cases) - count(cases, Verdict.UNSUPPORTED, Verdict.BLOCKED, Verdict.ERROR)
    name = proxy or "no proxy"
    failed = {case.id for case in cases if case.verdict is Verdict.FAIL}
    if failed:
        return f"{name}: no, {plural(len(failed), 'requirement')} broken, {judged} results judged"
    if not judged or count(cases, Verdict.ERROR):
        return f"{name}: not judged, {', '.join(tally(cases)) or 'no result'}"
    return f"{name}: yes, {', '.join(tally(cases))}"


def tally(cases: Sequence[CaseResult]) -> Iterator[str]:
    """Counts by verdict, those that are not zero."""
    for verdict in Verdict:
        number = count(cases, verdict)
        if number:
            yield f"{number} {verdict.value}"


def headline(run: Run) -> str:
    """The whole run in a few words, with its exit code."""
    return f"{EXIT_MEANINGS[run.exit]} (exit {run.exit})"


def findings(run: Run) -> list[CaseResult]:
    """Results that a reader must look at, the gravest first."""
    order = {verdict: rank for rank, verdict in enumerate(FINDINGS)}
    return sorted((c for c in run.cases if c.verdict in order), key=lambda c: order[c.verdict])


def plural(number: int, noun: str) -> str:
    """`1 case`, `2 cases`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
