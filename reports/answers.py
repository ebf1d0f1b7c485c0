"""What a run says, in sentences, the answer first; the same in every document. Pure."""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from reports.model import (
    CONTROL,
    EXIT_MEANINGS,
    CaseResult,
    Deviation,
    Problem,
    ProxyRecord,
    Run,
    Verdict,
)

FINDINGS = (Verdict.FAIL, Verdict.ERROR, Verdict.BLOCKED, Verdict.WARN, Verdict.WAIVED)
"""What a reader is told about one by one, the gravest first."""

_TRANSPORTS = {"websocket": "WebSocket", "sse": "SSE"}
_COUNTING = (Verdict.PASS, Verdict.FAIL, Verdict.WARN, Verdict.WAIVED)


class Standing(StrEnum):
    """The answer for one proxy in a word."""

    PROVEN = "proven"
    BROKEN = "broken"
    OPEN = "not judged"


def proxies(run: Run) -> list[str]:
    """Names of the proxies, as recorded and then as they appear in the results."""
    names = [proxy.name for proxy in run.proxies] + [case.proxy for case in run.cases]
    return list(dict.fromkeys(names))


def topics(run: Run) -> list[str]:
    """Topics in the order in which they first appear."""
    return list(dict.fromkeys(case.requirement.topic for case in run.cases))


def of(run: Run, proxy: str) -> list[CaseResult]:
    """The results behind one proxy."""
    return [case for case in run.cases if case.proxy == proxy]


def count(cases: Sequence[CaseResult], *verdicts: Verdict) -> int:
    """How many of the results have one of these verdicts."""
    return sum(case.verdict in verdicts for case in cases)


def tally(cases: Sequence[CaseResult]) -> list[tuple[Verdict, int]]:
    """Counts by verdict, those that are not zero."""
    counts = [(verdict, count(cases, verdict)) for verdict in Verdict]
    return [(verdict, number) for verdict, number in counts if number]


def problems(run: Run, proxy: str) -> list[Problem]:
    """What keeps the answer for one proxy open, that of the whole run included."""
    return [problem for problem in run.problems if problem.proxy in ("", proxy)]


def standing(run: Run, proxy: str) -> Standing:
    """Whether the event stream survives one proxy, as far as this run can tell."""
    cases = of(run, proxy)
    if count(cases, Verdict.FAIL):
        return Standing.BROKEN
    if problems(run, proxy) or not count(cases, *_COUNTING):
        return Standing.OPEN
    return Standing.PROVEN


def answer(run: Run, proxy: str) -> str:
    """The answer for one proxy in one sentence."""
    cases = of(run, proxy)
    found = standing(run, proxy)
    if found is Standing.OPEN:
        return f"Not judged {place(proxy)}: {_open(run, proxy)}."
    judged = ids(cases, *_COUNTING)
    if found is Standing.BROKEN:
        broken = len(ids(cases, Verdict.FAIL))
        return f"{_subject(proxy, '')}: {broken} of {plural(len(judged), 'requirement')} broken."
    holding = judged - ids(cases, Verdict.WARN, Verdict.WAIVED)
    subject = f"Little was asked {place(proxy)}" if is_partial(cases) else _subject(proxy, "yes")
    return f"{subject}: {_hold(holding, judged)}{_over(cases)}{_beside(cases)}."


def is_partial(cases: Sequence[CaseResult]) -> bool:
    """Whether more requirements could not be asked than were judged: that is no survival."""
    return len(_unasked(cases)) > len(ids(cases, *_COUNTING))


def _unasked(cases: Sequence[CaseResult]) -> set[str]:
    return ids(cases, Verdict.UNSUPPORTED) - ids(cases, *_COUNTING)


def ids(cases: Sequence[CaseResult], *verdicts: Verdict) -> set[str]:
    """The cases that have one of these verdicts, over any transport."""
    return {case.id for case in cases if case.verdict in verdicts}


def place(proxy: str) -> str:
    """Where a case ran, in a sentence."""
    return "without a proxy" if proxy in ("", CONTROL) else f"behind {proxy}"


def _subject(proxy: str, yes: str) -> str:
    if proxy in ("", CONTROL):
        return "The control holds" if yes else "The control itself fails"
    return f"The event stream {'survives' if yes else 'does not survive'} {proxy}"


def _hold(holding: set[str], judged: set[str]) -> str:
    if len(judged) == 1 == len(holding):
        return "the one requirement judged holds"
    share = "all" if holding == judged else f"{len(holding)} of"
    return f"{share} {plural(len(judged), 'requirement')} hold"


def _beside(cases: Sequence[CaseResult]) -> str:
    """What stands beside those that hold, so that no sentence says more than was shown."""
    kinds = {
        "waived": ids(cases, Verdict.WAIVED),
        "only recommended and not met": ids(cases, Verdict.WARN),
        "more unproven": ids(cases, Verdict.UNPROVEN),
        "could not be asked": _unasked(cases) if is_partial(cases) else set(),
    }
    return "".join(f"; {len(found)} {kind}" for kind, found in kinds.items() if found)


def _over(cases: Sequence[CaseResult]) -> str:
    """` over WebSocket and SSE`, or nothing if no case is about a transport."""
    names = {case.transport for case in cases if case.verdict is Verdict.PASS}
    known = [shown for name, shown in _TRANSPORTS.items() if name in names]
    return f" over {' and '.join(known)}" if known else ""


def _open(run: Run, proxy: str) -> str:
    found = problems(run, proxy)
    if not found:
        return "no case has a verdict that counts"
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{found[0].what}{more}"


def title(run: Run) -> str:
    """The answer for all proxies together."""
    if run.exit == 3:
        return "The harness itself is at fault"
    names = [name for name in proxies(run) if name not in ("", CONTROL)]
    broken = [name for name in names if standing(run, name) is Standing.BROKEN]
    if broken:
        return f"The event stream does not survive {_listed(broken)}"
    if run.exit == 1:
        return "The control itself fails: nothing is said of a proxy"
    if run.exit == 2:
        return "This run proves nothing yet"
    partly = [name for name in names if is_partial(of(run, name))]
    if partly:
        return f"Nothing that was asked behind {_listed(partly)} fails; most could not be asked"
    return f"The event stream survives {_listed(names) or 'without a proxy'}"


def _listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def headline(run: Run) -> str:
    """The whole run in a few words, with its exit code."""
    return f"{EXIT_MEANINGS[run.exit]} (exit {run.exit})"


def findings(run: Run) -> list[CaseResult]:
    """Results that a reader must look at, the gravest first."""
    rank = {verdict: position for position, verdict in enumerate(FINDINGS)}
    found = [case for case in run.cases if case.verdict in rank]
    return sorted(found, key=lambda case: rank[case.verdict])


def blame(case: CaseResult) -> list[str]:
    """Who is to blame for a failure, the proof, and which promises its recording breaks."""
    if not case.blame.tier:
        return []
    return [
        f"to blame: {case.blame.tier}: {case.blame.why}",
        *case.blame.proof,
        *(f"the recording is not {name}: {what}" for name, what in case.findings.items()),
    ]


def advice(case: CaseResult) -> list[str]:
    """What to change, a sentence each; it is marked as advice."""
    return [str(one) for one in case.advice]


def notices(run: Run) -> Iterator[str]:
    """What is not wrong, but should not stay as it is."""
    for case, proxy in stale(run):
        yield f"stale deviation: {case} passes {place(proxy)}; take the deviation out"
    for name, why in run.left_out.items():
        yield f"{name} was left out: {why}"
    if run.cases and CONTROL not in proxies(run):
        yield f"no control in this run: add --proxy {CONTROL} to tell the proxy from the origin"


def stale(run: Run) -> list[tuple[str, str]]:
    """Cases, each with its proxy, that no result of the run shows to deviate as declared.

    One deviation may be declared for several results, and need not be seen in each of them: over
    HTTP/2 a product may be right where it is wrong over HTTP/1.1. One that comes and goes is never
    stale by a pass.
    """
    declared = [case for case in run.cases if case.deviation and not case.deviation.intermittent]
    seen = {_deviation(case) for case in declared if case.verdict is not Verdict.PASS}
    left = (case for case in declared if _deviation(case) not in seen)
    return list(dict.fromkeys((case.id, case.proxy) for case in left))


def _deviation(case: CaseResult) -> tuple[str, str, Deviation | None]:
    return (case.id, case.proxy, case.deviation)


def where(case: CaseResult) -> str:
    """Where one result was got: `behind nginx over SSE, 4096`."""
    over = f" over {transport(case.transport)}" if case.transport else ""
    return ", ".join(filter(None, (f"{place(case.proxy)}{over}", case.variant, case.version)))


def towards(run: Run, proxy: ProxyRecord) -> str:
    """How a proxy spoke with its clients: `HTTP/1.1, HTTP/2; WebSocket over HTTP/1.1, over TLS`."""
    over = {"https": "with TLS", "http": "without TLS"}.get(run.scheme, "")
    return ", ".join(filter(None, (proxy.http, over if proxy.http else "")))


def transport(name: str | None) -> str:
    """The transport as people write it."""
    return _TRANSPORTS.get(name or "", name or "")


def short_flavour(case: CaseResult) -> str:
    """`WS`, `SSE`, with variant and version after it; for a cell of the matrix."""
    short = {"websocket": "WS"}.get(case.transport or "", transport(case.transport))
    return " ".join(filter(None, (short, case.variant, case.version)))


def anchor(case: str, proxy: str, transport: str | None, variant: str, version: str = "") -> str:
    """Where a result stands in `report.html`; safe in a URL."""
    parts = (case, proxy, transport, variant, version)
    return re.sub(r"[^\w.-]+", "-", ".".join(filter(None, parts)))


def plural(number: int, noun: str) -> str:
    """`1 case`, `2 cases`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
