"""One run that holds every verdict and every piece of evidence, for the tests of the documents."""

from reports.evidence import Delivery, Evidence, Exchange, Mark
from reports.model import (
    CaseResult,
    Deviation,
    Kind,
    Machine,
    Margin,
    Problem,
    ProxyRecord,
    Requirement,
    Run,
    Verdict,
)

EVIDENCE = Evidence(
    requests=(
        Exchange(
            "upgrade",
            ("GET /api/ws HTTP/1.1", "Host: localhost", "Connection: Upgrade", "X-Gone: 1"),
            ("GET /api/ws HTTP/1.1", "Host: localhost", "Connection: upgrade", "X-New: 2"),
        ),
    ),
    events=(
        Delivery("1", "e-1", "loop.progress", 1.0, 2.0, "sse"),
        Delivery("1", "e-2", "loop.progress", 3.0, None, "sse"),
        Delivery("1", "e-3", "loop.progress", None, 9.0, "sse"),
        Delivery("1", "e-4", "loop.progress", 4.0, 8.0, "sse"),
        Delivery("1", "e-5", "loop.progress", 5.0, 7.0, "sse"),
    ),
    marks=(Mark(6.0, "connection cut"),),
    output=("nginx: ready", "<b>not markup</b>"),
    notes=("margin 0.1",),
    omitted={"events": 12},
)


def requirement(level: str = "practice", topic: str = "ordering") -> Requirement:
    return Requirement(
        level=level,
        topic=topic,
        promise="Events arrive in order.",
        reason="applications replay them",
        watches="proxy",
        kills=("reorders", "never-built"),
        field=("BUF-01",),
    )


def result(verdict: Verdict, **changes: object) -> CaseResult:
    known: dict[str, object] = {
        "id": f"case_{verdict}",
        "requirement": requirement(),
        "proxy": "nginx",
        "transport": "sse",
        "duration_ms": 12.5,
        "missing": ("never-built",),
        "repeat": "tox -e proxy -- --proxy nginx",
        "node": f"suites/ordering/test_order.py::test_case_{verdict}[nginx-sse]",
    }
    return CaseResult(verdict=verdict, **(known | changes))  # type: ignore[arg-type]


def run(*cases: CaseResult, problems: tuple[Problem, ...] = (), code: int = 0) -> Run:
    return Run(
        started="2026-11-23T03:43:40Z",
        command="tox -e proxy -- --runtime process",
        exit=code,
        cases=cases,
        proxies=(
            ProxyRecord("direct"),
            ProxyRecord("nginx", "nginx/1.31.3", "sha256:4f1c", "HTTP/1.1, HTTP/2"),
        ),
        problems=problems,
        commit="9ef285c41d7a0f3b7c8e5d2a6b1f0e9d8c7b6a50+",
        runtime="container",
        scheme="https",
        duration_ms=18432.0,
        versions={"python": "3.11.7", "aiohttp": "3.14.5"},
        machine=Machine("Linux-6.18", 2),
    )


FULL = run(
    result(Verdict.PASS, proxy="direct"),
    result(Verdict.PASS, transport="websocket", margins=(Margin("typical wait", 0.0123, 0.035),)),
    result(Verdict.PASS, deviation=Deviation("it once failed")),
    result(
        Verdict.FAIL,
        message="AssertionError: <script>alert(1)</script> & | `x`\nexpected 'e-2', observed none",
        evidence=EVIDENCE,
        margins=(Margin("typical wait", 0.07, 0.035),),
        variant="4096",
    ),
    result(Verdict.WARN, requirement=requirement("should"), message="AssertionError: no hint"),
    result(Verdict.UNSUPPORTED, reason="nginx has none of this: HTTP/3", message="skipped"),
    result(Verdict.BLOCKED, reason="fails on direct too, so it says nothing about nginx"),
    result(Verdict.ERROR, reason="the set-up failed", message="KeyError: 'x'\x00", transport=None),
    result(Verdict.UNPROVEN, reason="the case names no fault", requirement=requirement("must")),
    result(
        Verdict.WAIVED,
        requirement=requirement(topic="cookies"),
        deviation=Deviation("it forwards its own cookie", "contract 4.2", intermittent=True),
        reason="it forwards its own cookie",
        message="AssertionError: the origin saw session#1",
    ),
    problems=(
        Problem(Kind.NOT_JUDGED, "case_error nginx: the set-up failed", "nginx"),
        Problem(Kind.HARNESS, "internal error: boom"),
    ),
    code=3,
)
