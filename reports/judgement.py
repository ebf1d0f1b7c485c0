"""From the results of single cases to what is said of a run: the same now and from a stored run.

Nothing is looked at here but the results themselves: what became of a case, what was declared about
it, and its recording. So whoever has a run can judge it again.
"""

from collections.abc import Sequence
from dataclasses import replace

from reports.advice import with_advice
from reports.attribution import is_blamed, with_blame
from reports.model import Blame, CaseResult, Run
from reports.validators import findings
from reports.verdicts import Claims, Outcome, beside_control, exit_code, judge


def concluded(results: Sequence[CaseResult], *, faults: bool = False) -> tuple[CaseResult, ...]:
    """The results beside their control, with what their recordings show and who is to blame.

    Args:
        results: as the cases themselves came out.
        faults: deployments have faults: a failure on the control is then no control's.
    """
    beside = tuple(results) if faults else beside_control(results)
    shown = (
        replace(case, findings=findings(case.evidence)) if is_blamed(case) else case
        for case in beside
    )
    return with_advice(with_blame(tuple(shown)))


def judged_again(run: Run) -> Run:
    """A stored run, with everything that was concluded concluded once more."""
    results = [replace(_result(case), blame=Blame(), findings={}, advice=()) for case in run.cases]
    cases = concluded(results, faults=any(case.fault for case in results))
    return replace(run, cases=cases, exit=exit_code(cases, run.problems))


def _result(case: CaseResult) -> CaseResult:
    """One result before the control was looked at; one without an outcome is of an older run."""
    if not case.outcome or case.declared.get("verdict"):
        return case
    declared = case.declared
    claims = Claims(
        level=case.requirement.level,
        unsupported=declared.get("unsupported", ""),
        blocked=declared.get("blocked", ""),
        deviation=case.deviation,
        kills=case.requirement.kills,
        missing=case.missing,
        unproven=declared.get("unproven", ""),
    )
    said = judge(Outcome[case.outcome.upper()], claims, case.message)
    return replace(case, verdict=said.verdict, reason=said.reason)
