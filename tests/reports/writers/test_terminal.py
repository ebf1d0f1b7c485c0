from pathlib import Path

from reports.model import Kind, Problem, Verdict
from reports.writers import terminal
from tests.reports.sample import requirement, result, run

CONTROL = result(Verdict.PASS, proxy="direct")


def test_the_summary_is_a_table_the_answers_and_the_path() -> None:
    found = run(
        CONTROL,
        result(Verdict.PASS),
        result(Verdict.FAIL, requirement=requirement(topic="cookies")),
        code=1,
    )

    assert terminal.summary(found, Path("/elsewhere/report.html")) == [
        "          direct  nginx",
        "ordering  1       1",
        "cookies   .       0, 1 fail",
        "The control holds: the one requirement judged holds over SSE.",
        "The event stream does not survive nginx: 1 of 2 requirements broken.",
        "a requirement failed (exit 1), report: /elsewhere/report.html",
    ]


def test_the_path_is_short_where_it_can_be() -> None:
    assert terminal.summary(run(code=2), Path.cwd() / "report.html")[-1] == (
        "not judged (exit 2), report: report.html"
    )


def test_few_problems_are_told_and_many_are_counted() -> None:
    problems = tuple(Problem(Kind.NOT_JUDGED, f"lost {number}") for number in range(15))

    lines = terminal.summary(run(CONTROL, problems=problems, code=2), Path("r"))

    assert "not judged: lost 0" in lines
    assert "not judged: 3 more, see the report" in lines


def test_a_failure_points_to_its_evidence() -> None:
    facts = {
        "requirement": {"promise": "Events arrive in order."},
        "proxy": "nginx",
        "transport": "sse",
        "repeat": "tox -e proxy -- --proxy nginx",
    }

    assert terminal.pointers("suites/a/test_a.py::test_order[nginx-sse]", facts) == [
        "case      order",
        "promise   Events arrive in order.",
        "behind    nginx sse",
        "evidence  report.html#order.nginx.sse",
        "repeat    tox -e proxy -- --proxy nginx",
    ]
