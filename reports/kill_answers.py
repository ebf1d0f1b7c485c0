"""What a kill matrix says, in sentences; the same in every document. Pure."""

from collections.abc import Iterator, Sequence

from reports.answers import plural
from reports.harvest import short
from reports.kills import Fate, Matrix, Role


def title(matrix: Matrix) -> str:
    """The answer in one line."""
    if matrix.exit == 0 and matrix.unproven:
        return "Every case that was tried notices the faults that it names; not each could be tried"
    if matrix.exit == 0:
        return "Every case notices every fault that it names"
    if matrix.exit == 1:
        return "Some cases cannot be trusted yet"
    return "The kill matrix is not complete" if matrix.exit == 2 else "The harness is at fault"


def counts(matrix: Matrix) -> str:
    """Pairs, kills, unproven cases and the exit code."""
    named, beside = matrix.of(Role.NAMED), matrix.of(Role.BYSTANDER)
    killed = sum(pair.fate is Fate.KILLED for pair in named)
    said = [f"{killed} of {plural(len(named), 'pair')} killed"]
    if beside:
        spared = sum(pair.fate is Fate.SURVIVED for pair in beside)
        said.append(f"{spared} of {plural(len(beside), 'bystander')} unmoved")
    if explored := matrix.of(Role.EXPLORED):
        others = plural(len(explored), "pair")
        said.append(f"{len(matrix.noticed)} of {others} noticed that nobody named")
    return f"{', '.join(said)}, {plural(len(matrix.unproven), 'case')} unproven, exit {matrix.exit}"


def broken_rules(matrix: Matrix) -> Iterator[str]:
    """Why the matrix fails, pair by pair."""
    for pair in matrix.survivors:
        yield f"survived: {pair.case} passes under {pair.label}, which it names"
    for pair in matrix.unexplained:
        yield f"unexplained: {pair.case} fails under {pair.label}, a fault of another kind"
    for trial in matrix.false_alarms:
        where = " ".join(filter(None, (trial.place, trial.flavour)))
        yield f"false alarm: {trial.case} fails without a fault ({where})"


def noticed(matrix: Matrix) -> Iterator[str]:
    """Which cases notice the faults that were asked for by name."""
    for pair in matrix.noticed:
        yield f"noticed: {pair.case} fails under {pair.label}, which it does not name"


def attribution(matrix: Matrix) -> Iterator[str]:
    """How often the right tier was blamed, over all faults and by the tier that has them."""
    for figure in matrix.attribution:
        whose = f"of the {figure.part}" if figure.part else "in all"
        counts = f"{figure.right} right, {len(figure.unknown)} unknown, {len(figure.wrong)} wrong"
        yield f"attribution of faults {whose}: {counts} ({figure.share:.1%})"
    for figure in matrix.attribution[:1]:
        yield from (f"wrongly attributed: {short(node)}" for node in figure.wrong)


def advice(matrix: Matrix) -> Iterator[str]:
    """How often advice reversed the very fault, of those that configurations have."""
    found = matrix.advice
    if not found.total:
        return
    counts = f"{found.right} right, {found.second} in second place, {len(found.silent)} without any"
    yield f"advice on faulty configurations: {counts}, {len(found.wrong)} wrong ({found.share:.1%})"
    yield f"advice confirmed by probes: {found.confirmed} rightly, {len(found.misled)} wrongly"
    yield f"advice without a look at the file: {found.blind} of {found.total} right"
    yield from (f"wrongly advised: {short(node)}" for node in found.wrong)
    yield from (f"wrongly confirmed: {short(node)}" for node in found.misled)


def unproven(matrix: Matrix) -> Iterator[str]:
    """Cases that nothing has shown to be able to fail, and what would show it."""
    for case, faults in matrix.unproven.items():
        yield f"unproven: {case}: {_why_untried(matrix, faults)}"


def _why_untried(matrix: Matrix, faults: Sequence[str]) -> str:
    if not faults:
        return "it names no fault"
    owners = sorted({proxy for fault in faults for proxy in matrix.elsewhere.get(fault, ())})
    if not owners:
        return f"nothing that was judged has what it names: {', '.join(faults)}"
    more = " ".join(f"--proxy {proxy}" for proxy in owners)
    return f"{', '.join(faults)} can only be put into what was not judged here: add {more}"
