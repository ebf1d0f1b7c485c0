"""What may cure a failure, as each document tells it."""

import json
from dataclasses import replace
from pathlib import Path

from reports.advice import figure, with_advice
from reports.codec import from_json, to_json
from reports.kills import Matrix
from reports.model import Verdict
from reports.writers import KILL_DOCUMENTS, html, junit, markdown, terminal
from tests.reports.advised import BUFFERING, GZIP, HELPED, known
from tests.reports.sample import run

FAILED = with_advice([known(BUFFERING, probes=(HELPED,))])
TOLD = (
    "advice: in nginx.conf: proxy_buffering off; (now: proxy_buffering on;), as reverse of the "
    "known failure buffering-on; confirmed: with the hint it came"
)


def test_the_documents_have_the_whole_sentence() -> None:
    judged = run(*FAILED, code=1)

    assert f"  {TOLD}" in terminal.summary(judged, Path("r"))
    assert f"    {TOLD}" in markdown.write(judged)
    assert f"<li>{TOLD}</li>" in html.write(judged)
    assert TOLD in junit.write(judged)


def test_a_warning_has_its_advice_in_junit() -> None:
    assert TOLD in junit.write(run(replace(FAILED[0], verdict=Verdict.WARN)))


def test_it_is_stored_as_it_is_told_and_read_again() -> None:
    text = to_json(run(*FAILED, code=1))
    [case] = json.loads(text)["cases"]

    assert [one["text"] for one in case["advice"]] == [TOLD]
    assert from_json(text) == run(*FAILED, code=1)


def test_what_has_none_says_nothing_of_it() -> None:
    assert "<h3>Advice" not in html.write(run(known()))


def test_the_kill_matrix_says_what_advice_was_worth() -> None:
    wrong = known(GZIP, replace(BUFFERING, standing="absent"), fault="buffering-on")
    cases = with_advice([known(BUFFERING, probes=(HELPED,), fault="buffering-on"), wrong])
    found = Matrix(run(), (), advice=figure(cases))
    lines = terminal.kill_summary(found, Path("r"))

    counts = "1 right, 0 in second place, 0 without any, 1 wrong (50.0%)"
    assert f"advice on faulty configurations: {counts}" in lines
    assert "advice confirmed by probes: 1 rightly, 0 wrongly" in lines
    assert "advice without a look at the file: 1 of 2 right" in lines
    assert "wrongly advised: case[nginx]" in lines
    assert json.loads(KILL_DOCUMENTS["kills.json"](found))["advice"]["share"] == 0.5
    assert "What the advice was worth" in KILL_DOCUMENTS["kills.html"](found)


def test_a_matrix_without_faulty_configurations_says_nothing_of_advice() -> None:
    assert not any("advice" in line for line in terminal.kill_summary(Matrix(run(), ()), Path("r")))
