import pytest

from reports.model import Verdict
from reports.writers import markdown
from tests.reports.sample import FULL, result, run

LINES = markdown.write(FULL).splitlines()


def test_the_answer_comes_first() -> None:
    assert LINES[0] == "# The harness itself is at fault"
    assert "**fault of the harness (exit 3)**" in LINES[2]


def test_there_is_a_sentence_a_proxy() -> None:
    assert (
        "- The event stream does not survive nginx: 1 of 4 requirements broken. "
        "(2 pass, 1 fail, 1 warn, 1 unsupported, 1 blocked, 1 error, 1 unproven, 1 waived)"
    ) in LINES


def test_what_was_not_judged_is_told() -> None:
    assert "- internal error: boom" in LINES


def test_everything_under_test_has_its_version() -> None:
    towards = "HTTP/1.1, HTTP/2, with TLS"

    assert f"| nginx | nginx/1.31.3 | sha256:4f1c | {towards} |" in LINES
    assert "| aiohttp | 3.14.5 |  |  |" in LINES


def test_the_command_can_be_copied() -> None:
    assert "    tox -e proxy -- --runtime process" in LINES


def test_a_finding_tells_requirement_message_and_command() -> None:
    place = LINES.index("### fail: `case_fail` behind nginx over SSE, 4096")

    assert LINES[place + 2 : place + 10] == [
        "Events arrive in order. (practice, applications replay them)",
        "",
        "    AssertionError: <script>alert(1)</script> & | `x`",
        "    expected 'e-2', observed none",
        "",
        "Repeat just this:",
        "",
        "    tox -e proxy -- --proxy nginx",
    ]


def test_the_matrix_has_a_table_a_topic() -> None:
    assert "## cookies" in LINES
    assert "| `case_waived` | practice |  | waived |" in LINES
    assert "| `case_fail` | practice |  | **fail** |" in LINES


def test_transports_that_differ_stand_apart() -> None:
    mixed = run(
        result(Verdict.PASS, id="order", transport="websocket"), result(Verdict.FAIL, id="order")
    )

    assert "| `order` | practice |  | WS pass, SSE **fail** |" in markdown.write(mixed)


def test_what_came_nearest_to_a_limit_is_told() -> None:
    place = LINES.index("## How near to their limits")

    assert LINES[place + 4] == (
        "| `case_pass` | behind nginx over WebSocket | typical wait | 12.3 of 35 ms (35%) |"
    )


def test_nothing_measured_is_nothing_told() -> None:
    assert "How near" not in markdown.write(run(result(Verdict.PASS)))


def test_a_run_without_findings_has_no_such_section() -> None:
    assert "What to look at" not in markdown.write(run(result(Verdict.PASS, repeat="")))


def test_a_finding_without_command_offers_none() -> None:
    assert "Repeat" not in markdown.write(run(result(Verdict.FAIL, repeat="")))


@pytest.mark.parametrize(
    ("words", "escaped"),
    [
        ("a_b_c", "a_b_c"),
        ("_a_", r"\_a\_"),
        ("# no heading", r"\# no heading"),
        ("<b> *x* | [y]", r"\<b\> \*x\* \| \[y\]"),
        ("two\nlines", "two lines"),
    ],
)
def test_words_are_not_markup(words: str, escaped: str) -> None:
    assert markdown.text(words) == escaped
