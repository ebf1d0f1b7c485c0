"""Trials of one case beside faults, for the tests of the kill matrix and of what it says."""

from reports.harvest import Step
from reports.kills import Matrix, matrix
from reports.recording import Recording
from tests.reports.sample import run

PASSED = Step("call", "passed")
FAILED = Step("call", "failed", judgement=True, message="AssertionError: lost")
STUMBLED = Step("call", "failed", message="KeyError: 'x'\nmore")
SKIPPED = Step("setup", "skipped", message="no such thing")


def tried(
    fault: str | None, step: Step, transport: str = "sse", **more: object
) -> tuple[str, Step, dict[str, object]]:
    deployment = f"nginx+{fault}" if fault else "nginx"
    facts: dict[str, object] = {
        "requirement": {"level": "must", "kills": ["reorders", "drops"]},
        "proxy": "nginx",
        "transport": transport,
        "case": "test_order",
        **({} if fault is None else {"fault": fault}),
        **more,
    }
    return f"suites/a/test_a.py::test_order[{deployment}-{transport}]", step, facts


def made(*trials: tuple[str, Step, dict[str, object]]) -> Matrix:
    recording = Recording()
    for node, step, facts in trials:
        recording.add(node, step, tuple(facts.items()))
    return matrix(recording, run())
