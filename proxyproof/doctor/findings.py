"""What the doctor has found: one sentence for each thing it looked at."""

from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """How a finding is to be taken.

    `LOOK` is a suspicion: something is unusual, or fails in a way that may have another cause.
    `UNSEEN` is what could not be looked at.
    """

    OK = "ok"
    LOOK = "look"
    BAD = "bad"
    UNSEEN = "unseen"


class Part(StrEnum):
    """What was looked at."""

    WAY = "the way"
    SSE = "event stream"
    WEBSOCKET = "websocket"


STREAMS = (Part.SSE, Part.WEBSOCKET)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        part: where it belongs.
        check: what was looked at, in a word.
        level: how it is to be taken.
        says: what was seen.
        symptom: what advice is looked up by; empty where nothing is to be done.
    """

    part: Part
    check: str
    level: Level
    says: str
    symptom: str = ""


@dataclass(frozen=True)
class Guess:
    """A product that the answers look like, and by what; never a certainty."""

    product: str
    because: tuple[str, ...]

    @property
    def strength(self) -> str:
        """`likely` by two signs or more, `possibly` by one."""
        return "likely" if len(self.because) > 1 else "possibly"


@dataclass
class Diagnosis:
    """Everything about one URL; it grows while the doctor looks."""

    url: str
    paths: dict[Part, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)
    next_steps: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, part: Part, check: str, level: Level, says: str, symptom: str = "") -> None:
        """Keep a finding."""
        self.findings.append(Finding(part, check, level, says, symptom))

    def of(self, part: Part) -> list[Finding]:
        """The findings of a part, in order."""
        return [one for one in self.findings if one.part is part]

    @property
    def seen(self) -> list[Part]:
        """The transports whose stream was open."""
        open_ones = {one.part for one in self.findings if one.check == "answer" and _good(one)}
        return [part for part in STREAMS if part in open_ones]

    @property
    def exit_code(self) -> int:
        """0: nothing wrong was seen; 1: something is wrong; 2: no stream could be looked at."""
        if any(one.level is Level.BAD for one in self.findings):
            return 1
        return 0 if self.seen else 2


def _good(finding: Finding) -> bool:
    return finding.level is Level.OK


def some(count: int, what: str) -> str:
    """A number of things, in words."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
