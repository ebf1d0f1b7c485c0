"""What a run is: the results of every case, and all that a reader needs in order to believe them.

Everything here is frozen data. `run.json` is this model written down (`reports.codec`); every other
document is a view of it. An addition is one field here, one line in `codec` and one in the schema.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reports.evidence import Evidence
from reports.remedies import Advice, Remedies

SCHEMA = "proxyproof.run/1"
CONTROL = "direct"
"""The deployment without a proxy: what fails there is never blamed on a proxy."""


class Verdict(StrEnum):
    """What is said of one case behind one proxy over one transport."""

    PASS = "pass"
    FAIL = "fail"
    WARN = "warn"
    UNSUPPORTED = "unsupported"
    BLOCKED = "blocked"
    ERROR = "error"
    UNPROVEN = "unproven"
    WAIVED = "waived"


MEANINGS: Mapping[Verdict, str] = {
    Verdict.PASS: "the requirement holds, and a known fault would have been noticed",
    Verdict.FAIL: "a must, or a practice that applications depend on, is broken",
    Verdict.WARN: "a should is not met; it does not close the gate",
    Verdict.UNSUPPORTED: "the proxy does not offer what the case needs",
    Verdict.BLOCKED: "it could not be judged here: the control fails too, or it was inconclusive",
    Verdict.ERROR: "the set-up or the harness failed; it says nothing about the proxy",
    Verdict.UNPROVEN: "it held, but no fault has shown that the case can fail; it does not count",
    Verdict.WAIVED: "it fails as declared, with a reason and a reference",
}


class Kind(StrEnum):
    """The kinds of problem that keep a run from being judged as a whole."""

    NOT_JUDGED = "not-judged"
    HARNESS = "harness"


EXIT_MEANINGS: Mapping[int, str] = {
    0: "proven",
    1: "a requirement failed",
    2: "not judged",
    3: "fault of the harness",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a run, or a part of it, was not judged.

    Attributes:
        proxy: the one that it concerns; empty for the whole run.
    """

    kind: Kind
    what: str
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What binds, whom it binds, and which faults must make the case fail.

    Attributes:
        level: `must`, `should` or `practice`.
        document: the standard, such as `RFC 6455`; empty for a practice.
        clause: the section in it, such as `4.2.2`.
        reason: why applications depend on it; a practice always has one.
        watches: the role that is judged: `proxy`, `origin`, `client` or `outpost`.
        kills: names of the faults that must make the case fail.
        field: entries of the failure catalogue in which the defect was seen.
    """

    level: str
    topic: str
    promise: str = ""
    document: str = ""
    clause: str = ""
    reason: str = ""
    watches: str = ""
    kills: tuple[str, ...] = ()
    field: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The binding text in a few words: `RFC 6455 4.2.2`, or the reason of a practice."""
        return f"{self.document} {self.clause}".strip() or self.reason


@dataclass(frozen=True, slots=True)
class Deviation:
    """A failure that is known and explained.

    Attributes:
        intermittent: it comes and goes, so that a pass does not show that it is over.
    """

    why: str
    reference: str = ""
    intermittent: bool = False


@dataclass(frozen=True, slots=True)
class Margin:
    """A duration that a case has measured, and the most that it allows; both in seconds."""

    what: str
    measured: float
    limit: float

    @property
    def share(self) -> float:
        """How much of the limit was used up: 1.0 is all of it."""
        return self.measured / self.limit


@dataclass(frozen=True, slots=True)
class Blame:
    """Which tier a failure is owed to.

    Attributes:
        tier: `client`, `proxy`, `outpost`, `origin` or `unknown`; empty where nothing failed.
        why: the rule that named it, in a sentence.
        proof: the two heads or the two moments.
    """

    tier: str = ""
    why: str = ""
    proof: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case, behind one proxy, over one transport.

    Attributes:
        id: name of the case for ever, without `test_`.
        transport: `websocket`, `sse`, or None for a case that is about neither.
        variant: what tells apart the values of a parametrised case; empty for most.
        version: what tells apart the same case over another version of HTTP; empty for most.
        http: the versions of HTTP that the proxy spoke with the client, in words.
        reason: why the verdict is not simply a pass or a fail.
        message: the failed assertion or the exception, as pytest tells it.
        node: pytest's own id.
        repeat: the command that runs just this case.
        missing: faults that the case names and that this version does not have.
        outcome: what became of it as pytest saw it; the verdict follows from it.
        declared: reasons given before or while it ran: `unsupported`, `blocked`, `unproven`;
            `verdict` for one that follows from nothing else.
        path: the tiers between client and origin that can be to blame, the nearest first.
        fault: the fault that was put in, empty for none; it is never looked at to judge or blame.
        part: the tier that has the fault.
        blame: who is to blame for a failure, with the proof.
        findings: what the validators found in the recording, by their names.
        margins: what the case has measured, in order.
        remedies: what is known of the configuration that it failed with.
        advice: the likely change to that, the likelier first; it follows from all of the above.
    """

    id: str
    requirement: Requirement
    proxy: str
    verdict: Verdict
    transport: str | None = None
    variant: str = ""
    version: str = ""
    http: str = ""
    duration_ms: float = 0.0
    reason: str = ""
    message: str = ""
    node: str = ""
    repeat: str = ""
    deviation: Deviation | None = None
    missing: tuple[str, ...] = ()
    outcome: str = ""
    declared: Mapping[str, str] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    fault: str = ""
    part: str = ""
    blame: Blame = Blame()
    findings: Mapping[str, str] = field(default_factory=dict)
    margins: tuple[Margin, ...] = ()
    remedies: Remedies = field(default_factory=Remedies)
    advice: tuple[Advice, ...] = ()
    evidence: Evidence = field(default_factory=Evidence)

    @property
    def key(self) -> tuple[str, str, str]:
        """What pairs a result with the same case behind another proxy."""
        return (self.id, self.transport or "", self.variant)

    @property
    def flavour(self) -> str:
        """Transport, variant and version in a few words; empty if the case has none of them."""
        return " ".join(part for part in (self.transport, self.variant, self.version) if part)


@dataclass(frozen=True, slots=True)
class ProxyRecord:
    """What exactly was under test.

    Attributes:
        image: empty in the process runtime.
        http: the versions of HTTP that it spoke with its clients, in words.
    """

    name: str
    version: str = ""
    image: str = ""
    http: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it ran."""

    platform: str = ""
    cores: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the gate.

    Attributes:
        started: UTC, ISO 8601 with seconds.
        scheme: `https` or `http`, as the client speaks to the proxy.
        versions: what is under test beside the proxies: tools, libraries, the outpost's profile.
        left_out: proxies that nobody named and that this machine cannot run, with the reason.
        exit: 0 proven, 1 a requirement failed, 2 not judged, 3 fault of the harness.
    """

    started: str
    command: str
    exit: int
    cases: tuple[CaseResult, ...] = ()
    proxies: tuple[ProxyRecord, ...] = ()
    problems: tuple[Problem, ...] = ()
    commit: str = "unknown"
    runtime: str = ""
    scheme: str = ""
    duration_ms: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)
    machine: Machine = field(default_factory=Machine)
    left_out: Mapping[str, str] = field(default_factory=dict)
    schema: str = SCHEMA

    @property
    def counts(self) -> dict[str, int]:
        """Results by verdict; each verdict is present, so that a zero is said and not left out."""
        seen = Counter(case.verdict for case in self.cases)
        return {verdict.value: seen[verdict] for verdict in Verdict}
