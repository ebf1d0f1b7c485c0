import json
from dataclasses import replace

import jsonschema
import pytest

from reports.codec import SCHEMA_FILE, StoredRunError, from_json, to_json
from reports.model import SCHEMA, Run, Verdict
from tests.reports.sample import FULL, requirement, result, run


@pytest.mark.parametrize("stored", [FULL, run()], ids=["full", "empty"])
def test_a_run_comes_back_as_it_was(stored: Run) -> None:
    assert from_json(to_json(stored)) == stored


def test_the_same_run_gives_the_same_bytes() -> None:
    assert to_json(from_json(to_json(FULL))) == to_json(FULL)


def test_the_schema_is_one() -> None:
    schema = json.loads(SCHEMA_FILE.read_text())

    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["schema"] == {"const": SCHEMA}


def test_the_schema_names_every_verdict() -> None:
    schema = json.loads(SCHEMA_FILE.read_text())

    assert schema["$defs"]["case"]["properties"]["verdict"]["enum"] == [str(v) for v in Verdict]


def test_the_keys_of_the_issue_are_there() -> None:
    document = json.loads(to_json(FULL))

    assert {"schema", "started", "commit", "command", "runtime", "proxies", "exit"} <= set(document)
    assert document["counts"] | {"pass": 3, "fail": 1} == document["counts"]
    assert {
        "id",
        "topic",
        "level",
        "proxy",
        "transport",
        "verdict",
        "duration_ms",
        "promise",
        "watches",
        "kills",
    } <= set(document["cases"][0])


def test_a_margin_has_its_share_written_beside_it() -> None:
    [_, case, *_] = json.loads(to_json(FULL))["cases"]

    assert case["margins"] == [
        {"what": "typical wait", "measured": 0.0123, "limit": 0.035, "share": 0.351}
    ]


def test_a_run_of_before_there_were_margins_is_read() -> None:
    document = json.loads(to_json(FULL))
    for case in document["cases"]:
        del case["margins"]

    assert [case.margins for case in from_json(json.dumps(document)).cases] == [()] * 10


def test_a_run_that_breaks_the_schema_is_not_read() -> None:
    odd = result(Verdict.PASS, requirement=replace(requirement(), level="perhaps"))

    with pytest.raises(StoredRunError, match="perhaps"):
        from_json(to_json(run(odd)))


def test_each_case_has_a_line_of_its_own() -> None:
    written = to_json(FULL).splitlines()

    assert sum('"promise"' in line for line in written) == len(FULL.cases)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON: "),
        ("[]", "expected a run of schema 'proxyproof.run/1', found None"),
        ('{"schema": "proxyproof.run/9"}', "found 'proxyproof.run/9'"),
        ('{"schema": "proxyproof.run/1"}', r"\$: 'started' is a required property"),
    ],
)
def test_what_is_no_run_is_refused(text: str, message: str) -> None:
    with pytest.raises(StoredRunError, match=message):
        from_json(text)


def test_a_compact_run_is_the_same_run() -> None:
    text = to_json(FULL, compact=True)

    assert text.count("\n") == 1
    assert from_json(text) == from_json(to_json(FULL))
