"""`kills.html`: the kill matrix for a person, in one file."""

from reports import kill_answers
from reports.kills import Matrix, Pair, Role
from reports.writers.templating import ENVIRONMENT


def write(matrix: Matrix) -> str:
    """The whole page."""
    by_case: dict[str, list[Pair]] = {}
    by_fault: dict[str, list[Pair]] = {}
    for pair in (*matrix.of(Role.NAMED), *matrix.noticed, *matrix.unexplained):
        by_case.setdefault(pair.case, []).append(pair)
        by_fault.setdefault(pair.fault, []).append(pair)
    return ENVIRONMENT.get_template("kills.html.j2").render(
        matrix=matrix, told=kill_answers, by_case=by_case, by_fault=dict(sorted(by_fault.items()))
    )
