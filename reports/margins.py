"""How near to their limits those cases came that measure durations; the same in every document."""

from reports.model import CaseResult, Margin, Run, Verdict


def measured(margin: Margin) -> str:
    """One duration beside its limit: `1.2 of 35 ms (3%)`."""
    return f"{margin.measured * 1000:.1f} of {margin.limit * 1000:g} ms ({margin.share:.0%})"


def nearest(run: Run) -> list[tuple[CaseResult, Margin]]:
    """For each thing that a case measures, the result that came nearest to its limit, worst first.

    A failure is told elsewhere, and what was not judged was not measured either.
    """
    found: dict[tuple[str, str, float], tuple[CaseResult, Margin]] = {}
    for case in run.cases:
        for margin in case.margins if case.verdict is Verdict.PASS else ():
            key = (case.id, margin.what, margin.limit)
            _, known = found.get(key, (case, margin))
            if margin.share >= known.share:
                found[key] = (case, margin)
    return sorted(found.values(), key=lambda one: -one[1].share)
