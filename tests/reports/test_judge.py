from dataclasses import replace
from pathlib import Path

import pytest

from reports import judge
from reports.codec import from_json, to_json
from reports.judgement import concluded, judged_again
from reports.model import CaseResult, Deviation, Run, Verdict
from reports.remedies import Remedies
from tests.reports.advised import BUFFERING, known
from tests.reports.recorded import failure, on_direct
from tests.reports.sample import EVIDENCE

DEVIATION = Deviation("it cannot", "manual")


def stored(*results: CaseResult) -> Run:
    cases = concluded(results)
    return Run("2026-11-23T04:00:00Z", "tox -e proxy", exit=1, cases=cases)


def results() -> tuple[CaseResult, ...]:
    skipped = failure(outcome="skipped")
    return (
        on_direct(outcome="passed"),
        failure(EVIDENCE),
        replace(failure(EVIDENCE), id="waived", verdict=Verdict.WAIVED, deviation=DEVIATION),
        replace(failure(), id="blocked", declared={"blocked": "too slow"}),
        replace(skipped, id="unsupported", declared={"unsupported": "no gate"}),
        replace(failure(outcome="passed"), id="unproven", declared={"unproven": "no fault"}),
        replace(failure(outcome="broken_call"), id="broken"),
    )


@pytest.fixture
def run() -> Run:
    return judged_again(stored(*results()))


def test_a_stored_run_is_judged_to_the_same_bytes(run: Run) -> None:
    text = to_json(run)

    assert to_json(judged_again(from_json(text))) == text


def test_each_kind_of_verdict_follows_from_what_is_stored(run: Run) -> None:
    assert [case.verdict.value for case in run.cases] == [
        "pass",
        "fail",
        "waived",
        "blocked",
        "unsupported",
        "unproven",
        "error",
    ]


def test_a_failure_on_the_control_blocks_the_others_again() -> None:
    again = judged_again(from_json(to_json(stored(on_direct(), failure()))))

    assert [case.verdict for case in again.cases] == [Verdict.FAIL, Verdict.BLOCKED]


def test_a_fault_in_the_control_blocks_nobody() -> None:
    faulty = (on_direct(fault="reorders", part="origin"), failure(fault="strips", part="proxy"))

    assert [case.verdict for case in judged_again(stored(*faulty)).cases] == [Verdict.FAIL] * 2


def test_a_run_without_outcomes_keeps_the_verdicts_that_it_has() -> None:
    old = replace(failure(), outcome="", verdict=Verdict.WARN)

    assert judged_again(stored(old)).cases[0].verdict is Verdict.WARN


def test_the_command_tells_who_is_to_blame_and_gives_the_exit_code_of_the_run(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run.json").write_text(to_json(run))
    code = judge.main([str(tmp_path)])
    out = capsys.readouterr().out

    assert code == run.exit == 1
    assert "to blame: proxy: it passes on direct: this client and this origin can do it" in out
    assert "the recording is not ordered: stream 1 had" in out
    assert out.endswith("7 of 7 results judged again as they were stored\n")


def test_advice_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    advised = judged_again(stored(on_direct(outcome="passed"), known(BUFFERING)))
    (tmp_path / "run.json").write_text(to_json(advised))
    judge.main([str(tmp_path)])

    assert f"  {advised.cases[1].advice[0]}" in capsys.readouterr().out.splitlines()


def test_advice_that_nothing_calls_for_any_more_is_taken_back_and_told() -> None:
    advised = judged_again(stored(on_direct(outcome="passed"), known(BUFFERING)))
    passed, failed = advised.cases
    forgotten = replace(advised, cases=(passed, replace(failed, remedies=Remedies())))
    again = judged_again(forgotten)
    [differs] = judge.changed(forgotten, again)

    assert again.cases[1].advice == ()
    assert differs.startswith(f"differs: {failed.node}")


def test_a_run_that_was_changed_by_hand_is_found_out(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    painted = replace(run.cases[1], verdict=Verdict.PASS)
    forged = replace(run, cases=(run.cases[0], painted, *run.cases[2:]))
    (tmp_path / "run.json").write_text(to_json(forged))

    assert judge.main([str(tmp_path / "run.json")]) == 3
    assert "differs: suites/ordering/test_order.py::test_case[nginx]" in capsys.readouterr().out


def test_what_is_no_run_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge.main([str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"cannot read {tmp_path / 'run.json'}: ")
