"""From what pytest reports about one item to the result of one case. Pure.

User properties that are read (all values are JSON):

    requirement  {level, topic, promise, document, clause, reason, watches, kills, field};
                 without it the case is an error
    proxy        a name, or {name, version, image}
    transport    `websocket`, `sse`; absent for a case that is about neither
    deployment   how the node id names proxy and fault; `proxy` or `proxy+fault` if absent
    http         the versions of HTTP that the proxy spoke, by what for: {sse: ["HTTP/2"], …}
    version      tells apart the same case over another version of HTTP, as the node id writes it
    variant      tells apart parametrised values; if absent, taken from the brackets of the node id
    unsupported  why the proxy cannot be asked this; counts only together with a skip
    blocked      why it could not be judged: inconclusive, or something it depends on failed
    deviation    {why, reference}: a failure that is declared; `intermittent` for one that comes
                 and goes
    unproven     why no fault can kill the case: a sentence, or the names of missing faults
    path         the tiers between client and origin that can be to blame: `proxy`, `outpost`
    fault        the fault that was put in, and `part`, the tier that has it; empty for none
    file         {name, base64}: goes into the folder `files` of the report; `evidence` links it
    evidence     see `reports.evidence`; may be attached more than once
    margin       {what, measured, limit}: seconds; may be attached more than once
    remedies     what is known of the configuration of a failure, see `reports.remedies`
    repeat       the command that runs just this case
    run          facts of the whole run: {runtime, scheme, proxies, versions, faults}; `faults` are
                 the names of all that exist: one that is not among them is missing
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports import evidence, remedies
from reports.model import (
    CaseResult,
    Deviation,
    Kind,
    Margin,
    Problem,
    ProxyRecord,
    Requirement,
    Verdict,
)
from reports.verdicts import Claims, Judgement, Outcome, judge


@dataclass(frozen=True, slots=True)
class Step:
    """One phase of one item, as pytest reports it.

    Attributes:
        when: `setup`, `call` or `teardown`.
        outcome: `passed`, `failed` or `skipped`.
        judgement: a failure that says something about what was under test.
    """

    when: str
    outcome: str
    seconds: float = 0.0
    judgement: bool = False
    message: str = ""


Properties = Sequence[tuple[str, Any]]


def outcome(steps: Iterable[Step]) -> Outcome:
    """What became of the case; a failed judgement outweighs a clean-up that broke after it."""
    by_phase = {step.when: step for step in steps}
    call, setup = by_phase.get("call"), by_phase.get("setup")
    if any(step.outcome == "skipped" for step in by_phase.values()):
        return Outcome.SKIPPED
    if setup is not None and setup.outcome == "failed":
        return Outcome.BROKEN_SETUP
    if call is not None and call.outcome == "failed":
        return Outcome.FAILED if call.judgement else Outcome.BROKEN_CALL
    if "teardown" in by_phase and by_phase["teardown"].outcome == "failed":
        return Outcome.BROKEN_TEARDOWN
    return Outcome.PASSED


def case(
    node: str, steps: Sequence[Step], properties: Properties, known: Iterable[str] | None = None
) -> CaseResult:
    """The result of one item, not yet compared with the control.

    Args:
        node: pytest's id.
        steps: its phases in order.
        properties: user properties as of the last phase.
        known: names of the faults that exist, or None if nobody said.
    """
    facts = dict(properties)
    required = requirement(node, facts)
    missing = _missing(required, known)
    message = "\n".join(step.message for step in steps if step.message)
    judged = judge(outcome(steps), _claims(required, facts, missing), message)
    if "requirement" not in facts:
        judged = Judgement(Verdict.ERROR, "no requirement: mark it must, should or practice")
    finding = judged.verdict not in (Verdict.PASS, Verdict.UNPROVEN)
    proxy = proxy_record(facts.get("proxy", ""))
    return CaseResult(
        id=case_id(node),
        requirement=required,
        proxy=proxy.name,
        verdict=judged.verdict,
        transport=facts.get("transport"),
        variant=variant(node, facts, proxy.name),
        version=str(facts.get("version", "")),
        http=spoken([facts.get("http", {})]),
        duration_ms=round(sum(step.seconds for step in steps if step.when == "call") * 1000, 1),
        reason=judged.reason,
        message=message,
        node=node,
        repeat=str(facts.get("repeat", "")),
        deviation=_deviation(facts),
        missing=missing,
        outcome=outcome(steps).name.lower(),
        declared=_declared(facts),
        path=tuple(facts.get("path") or ()),
        fault=str(facts.get("fault") or ""),
        part=str(facts.get("part") or ""),
        margins=_margins(properties),
        remedies=remedies.read(facts.get("remedies") or {}),
        evidence=_evidence(properties, finding=finding),
    )


def case_id(node: str) -> str:
    """`suites/x/test_x.py::test_name[nginx-sse]` gives `name`."""
    return short(node).partition("[")[0]


def short(node: str) -> str:
    """`suites/x/test_x.py::test_name[nginx-sse]` gives `name[nginx-sse]`."""
    return node.rpartition("::")[2].removeprefix("test_")


def variant(node: str, facts: Mapping[str, Any], proxy: str) -> str:
    """What the brackets hold beside deployment, transport and version of HTTP."""
    if "variant" in facts:
        return str(facts["variant"])
    inside = f"-{node.partition('[')[2].removesuffix(']')}-"
    deployment = f"{proxy}+{facts['fault']}" if facts.get("fault") else proxy
    others = (facts.get("deployment") or deployment, facts.get("transport"), facts.get("version"))
    for name in map(str, filter(None, others)):
        inside = inside.replace(f"-{name}-", "-", 1)
    return inside.strip("-")


def proxy_record(value: str | Mapping[str, Any]) -> ProxyRecord:
    """The proxy as named, with version and image where they were given."""
    if isinstance(value, str):
        return ProxyRecord(value)
    parts = ("name", "version", "image")
    return ProxyRecord(*(str(value.get(part) or "") for part in parts))


def spoken(heard: Iterable[Mapping[str, Iterable[str]]]) -> str:
    """The versions of HTTP in words: of everything alike, or what differs for WebSockets."""
    versions: dict[bool, set[str]] = {False: set(), True: set()}
    for said in heard:
        for kind, found in said.items():
            versions[kind == "websocket"] |= set(found)
    rest, websockets = (", ".join(sorted(versions[kind])) for kind in (False, True))
    if not (rest and websockets) or rest == websockets:
        return rest or websockets
    return f"{rest}; WebSocket over {websockets}"


def requirement(node: str, facts: Mapping[str, Any]) -> Requirement:
    """The requirement of a case; the folder is its topic if it names none."""
    given = facts.get("requirement", {})
    folders = node.partition("::")[0].split("/")[:-1]
    texts = ("promise", "document", "clause", "reason", "watches")
    return Requirement(
        level=str(given.get("level") or "must"),
        topic=str(given.get("topic") or (folders[-1] if folders else "")),
        kills=tuple(given.get("kills") or ()),
        field=tuple(given.get("field") or ()),
        **{name: str(given.get(name) or "") for name in texts},
    )


def problem(result: CaseResult, steps: Sequence[Step]) -> Problem | None:
    """What a result means for the run as a whole, beyond its verdict."""
    where = " ".join(part for part in (result.id, result.proxy, result.flavour) if part)
    if outcome(steps) in (Outcome.BROKEN_CALL, Outcome.BROKEN_TEARDOWN):
        return Problem(Kind.HARNESS, f"{where}: {result.reason}", result.proxy)
    if result.verdict in (Verdict.ERROR, Verdict.BLOCKED):
        return Problem(Kind.NOT_JUDGED, f"{where}: {result.reason}", result.proxy)
    if any(step.when == "teardown" and step.outcome == "failed" for step in steps):
        # The failed judgement before it stands; the harness that left something behind does not.
        return Problem(Kind.HARNESS, f"{where}: the clean-up after the case failed", result.proxy)
    return None


def _claims(required: Requirement, facts: Mapping[str, Any], missing: tuple[str, ...]) -> Claims:
    return Claims(
        level=required.level,
        unsupported=str(facts.get("unsupported") or ""),
        blocked=str(facts.get("blocked") or ""),
        deviation=_deviation(facts),
        kills=required.kills,
        missing=missing,
        unproven=_words(facts.get("unproven")),
    )


def _declared(facts: Mapping[str, Any]) -> dict[str, str]:
    """The reasons from which a verdict follows, for whoever judges the stored result again."""
    names = ("unsupported", "blocked", "unproven")
    said = {name: _words(facts.get(name)) for name in names if facts.get(name)}
    return said if "requirement" in facts else {**said, "verdict": Verdict.ERROR.value}


def _words(value: object) -> str:
    """A reason, or a list of names as one."""
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    return str(value or "")


def _missing(required: Requirement, known: Iterable[str] | None) -> tuple[str, ...]:
    if known is None:
        return ()
    existing = set(known)
    return tuple(name for name in required.kills if name not in existing)


def _deviation(facts: Mapping[str, Any]) -> Deviation | None:
    given = facts.get("deviation")
    if not given:
        return None
    return Deviation(
        why=str(given.get("why", "")),
        reference=str(given.get("reference") or ""),
        intermittent=bool(given.get("intermittent", False)),
    )


def _margins(properties: Properties) -> tuple[Margin, ...]:
    """What was measured, to the microsecond, in the order of attachment."""
    return tuple(
        Margin(str(said["what"]), round(float(said["measured"]), 6), round(float(said["limit"]), 6))
        for name, said in properties
        if name == "margin"
    )


def _evidence(properties: Properties, *, finding: bool) -> evidence.Evidence:
    """All pieces in one, in the order of attachment."""
    pieces = [evidence.read(value) for name, value in properties if name == "evidence"]
    return evidence.bounded(evidence.joined(pieces), finding=finding)
