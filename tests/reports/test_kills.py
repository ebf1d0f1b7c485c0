import pytest

from reports.harvest import Step
from reports.kills import Fate, matrix, word
from reports.model import Kind
from reports.recording import Recording
from tests.reports.sample import run
from tests.reports.tried import FAILED, PASSED, SKIPPED, STUMBLED, made, tried


def test_a_case_that_fails_as_a_judgement_is_killed() -> None:
    found = made(tried("reorders", FAILED))

    assert [(pair.case, pair.fault, pair.fate) for pair in found.pairs] == [
        ("order", "reorders", Fate.KILLED)
    ]
    assert found.pairs[0].trials[0].flavour == "sse"
    assert found.exit == 0


def test_a_case_that_passes_under_a_fault_it_names_survives() -> None:
    found = made(tried("reorders", FAILED), tried("drops", PASSED))

    assert [pair.fault for pair in found.survivors] == ["drops"]
    assert found.exit == 1


def test_a_case_that_stumbles_has_shown_nothing() -> None:
    found = made(tried("reorders", STUMBLED))

    assert found.pairs[0].fate is Fate.ERROR
    assert [problem.what for problem in found.problems] == ["order under reorders: KeyError: 'x'"]
    assert found.exit == 2


def test_one_transport_is_enough_to_kill() -> None:
    found = made(tried("reorders", FAILED), tried("reorders", PASSED, "websocket"))

    assert found.pairs[0].fate is Fate.KILLED
    assert found.pairs[0].partial
    assert found.exit == 0


def test_a_fault_of_the_same_name_elsewhere_is_another_fault() -> None:
    found = made(
        tried("reorders", FAILED, proxy="direct", deployment="direct+origin.reorders"),
        tried("reorders", PASSED, "websocket", deployment="nginx+reorders"),
    )

    assert [(pair.label, pair.fate) for pair in found.pairs] == [
        ("reorders (direct origin)", Fate.KILLED),
        ("reorders (nginx)", Fate.SURVIVED),
    ]
    assert found.exit == 1


def test_a_chain_keeps_its_joint_and_the_part_is_told_apart() -> None:
    place = "nginx+authentik"
    found = made(
        tried("reorders", FAILED, proxy=place, deployment=f"{place}+origin.reorders"),
        tried("drops", FAILED, proxy=place, deployment=f"{place}+drops"),
    )

    assert [pair.label for pair in found.pairs] == [
        "drops (nginx+authentik)",
        "reorders (nginx+authentik origin)",
    ]


def test_an_error_outweighs_a_survival() -> None:
    found = made(tried("reorders", STUMBLED), tried("reorders", PASSED, "websocket"))

    assert found.pairs[0].fate is Fate.ERROR
    assert not found.pairs[0].partial


def test_a_fault_that_a_case_does_not_name_must_not_turn_it() -> None:
    found = made(tried("reorders", FAILED), tried("buffers-all", FAILED))

    assert [pair.fault for pair in found.unexplained] == ["buffers-all"]
    assert found.exit == 1


def test_a_fault_that_a_case_does_not_name_may_leave_it_alone() -> None:
    assert made(tried("reorders", FAILED), tried("buffers-all", PASSED)).exit == 0


def test_a_bystander_that_deviates_without_a_fault_says_nothing() -> None:
    excused = tried(
        "buffers-all", FAILED, role="bystander", deviation={"why": "a", "reference": ""}
    )
    recording = Recording()
    recording.add(excused[0], excused[1], tuple(excused[2].items()))

    assert made(excused).pairs == ()
    assert word(recording.items[excused[0]]) == "waived"


def test_a_documented_deviation_is_no_false_alarm() -> None:
    excused = tried("", FAILED, deviation={"why": "a", "reference": ""})

    assert made(excused, tried("reorders", FAILED)).false_alarms == ()


def test_who_notices_a_fault_that_was_asked_for_is_no_failure() -> None:
    found = made(tried("new", FAILED, role="explored"), tried("new2", PASSED, role="explored"))

    assert [pair.fault for pair in found.noticed] == ["new"]
    assert found.exit == 0


@pytest.mark.parametrize(
    ("role", "step", "expected"),
    [
        ("named", FAILED, "killed"),
        ("bystander", FAILED, "touched"),
        ("bystander", PASSED, "spared"),
        ("explored", FAILED, "noticed"),
        ("explored", PASSED, "unnoticed"),
        ("explored", STUMBLED, "error"),
    ],
)
def test_the_word_says_what_the_case_has_to_do_with_the_fault(
    role: str, step: Step, expected: str
) -> None:
    node, _, facts = tried("reorders", step, role=role)
    recording = Recording()
    recording.add(node, step, tuple(facts.items()))

    assert word(recording.items[node]) == expected


def test_a_case_that_fails_without_a_fault_is_a_false_alarm() -> None:
    found = made(tried("", FAILED), tried("reorders", FAILED))

    assert [trial.case for trial in found.false_alarms] == ["order"]
    assert found.exit == 1


def test_a_case_with_nothing_to_try_is_unproven() -> None:
    found = made(tried(None, SKIPPED), tried("reorders", FAILED, case="test_other"))

    assert found.unproven == {"order": ("reorders", "drops")}
    assert found.exit == 0


def test_a_case_that_is_unsupported_is_left_out() -> None:
    found = made(tried("reorders", SKIPPED, unsupported="no gate"))

    assert found.pairs == ()
    assert found.exit == 2


def test_a_harness_at_fault_outweighs_all() -> None:
    recording = Recording()
    node, step, facts = tried("reorders", PASSED)
    recording.add(node, step, tuple(facts.items()))
    recording.trouble(Kind.HARNESS, "internal error")

    assert matrix(recording, run()).exit == 3


@pytest.mark.parametrize(
    ("trial", "expected"),
    [
        (tried("reorders", FAILED), "killed"),
        (tried("reorders", PASSED), "survived"),
        (tried("reorders", STUMBLED), "error"),
        (tried("", PASSED), "pass"),
        (tried("", FAILED), "fail"),
        (tried("", STUMBLED), "error"),
        (tried(None, SKIPPED), "unproven"),
        (tried("", SKIPPED, unsupported="no gate"), "unsupported"),
    ],
)
def test_what_the_terminal_calls_it(
    trial: tuple[str, Step, dict[str, object]], expected: str
) -> None:
    recording = Recording()

    assert word(recording.add(trial[0], trial[1], tuple(trial[2].items()))) == expected
