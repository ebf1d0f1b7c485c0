"""Small recordings and results, for the tests of what is concluded from them."""

from collections.abc import Sequence

from reports.attribution import with_blame
from reports.evidence import Evidence, Exchange
from reports.model import Blame, CaseResult, Requirement, Verdict

ASKED = ("GET /api/ws HTTP/1.1", "Host: localhost")
OPENED = ("HTTP/1.1 101 ",)


def exchange(by: str = "client 1", **sides: Sequence[str]) -> Exchange:
    known: dict[str, Sequence[str]] = {
        "sent": ASKED,
        "received": ASKED,
        "answer": OPENED,
        "answered": OPENED,
    }
    whole = {name: tuple(lines) for name, lines in {**known, **sides}.items()}
    return Exchange("GET /api/ws", by=by, at_ms=0.1, **whole)


def failure(
    evidence: Evidence | None = None,
    *,
    proxy: str = "nginx",
    path: tuple[str, ...] = ("proxy", "outpost"),
    watches: str = "proxy",
    outcome: str = "failed",
    fault: str = "",
    part: str = "",
) -> CaseResult:
    return CaseResult(
        id="case",
        requirement=Requirement("must", "ordering", watches=watches, kills=("fault",)),
        proxy=proxy,
        verdict=Verdict.FAIL if outcome == "failed" else Verdict.PASS,
        node=f"suites/ordering/test_order.py::test_case[{proxy}]",
        outcome=outcome,
        path=path,
        fault=fault,
        part=part,
        evidence=evidence or Evidence(requests=(exchange(),)),
    )


def on_direct(evidence: Evidence | None = None, **changes: str) -> CaseResult:
    given = {"watches": "client", **changes}
    return failure(evidence, proxy="direct", path=(), **given)


def blame_of(case: CaseResult, *others: CaseResult) -> Blame:
    return with_blame((case, *others))[0].blame
