import json
from pathlib import Path

import pytest

from reports import kill_answers
from reports.kills import Matrix
from reports.writers import KILL_DOCUMENTS
from reports.writers.terminal import kill_summary
from tests.reports.tried import FAILED, PASSED, SKIPPED, STUMBLED, made, tried

EVERYTHING = made(
    tried("reorders", FAILED),
    tried("reorders", PASSED, "websocket"),
    tried("drops", PASSED),
    tried("buffers-all", FAILED),
    tried("", FAILED),
    tried("leaks", STUMBLED),
    tried("new", FAILED, role="explored"),
    tried(None, SKIPPED, "websocket"),
)


def test_a_case_whose_faults_another_product_has_tells_which() -> None:
    elsewhere = {"reorders": ["httpd"], "drops": []}
    found = made(
        tried(None, SKIPPED, elsewhere=elsewhere), tried("reorders", FAILED, case="test_b")
    )

    assert found.elsewhere == {"reorders": ("httpd",)}
    assert list(kill_answers.unproven(found)) == [
        "unproven: order: reorders, drops can only be put into what was not judged here: "
        "add --proxy httpd"
    ]
    assert kill_answers.title(found).endswith("not each could be tried")
    assert "add --proxy httpd" in KILL_DOCUMENTS["kills.html"](found)
    assert json.loads(KILL_DOCUMENTS["kills.json"](found))["elsewhere"] == {"reorders": ["httpd"]}


def test_what_each_case_knows_of_other_products_is_kept() -> None:
    found = made(
        tried(None, SKIPPED, elsewhere={"reorders": ["httpd"]}),
        tried(None, SKIPPED, "websocket", elsewhere={"drops": ["caddy"]}),
    )

    assert found.elsewhere == {"drops": ("caddy",), "reorders": ("httpd",)}


def test_a_case_that_names_no_fault_says_so() -> None:
    bare = tried(None, SKIPPED, requirement={"level": "must", "kills": []})

    assert list(kill_answers.unproven(made(bare))) == ["unproven: order: it names no fault"]


def test_the_documents_are_the_same_for_the_same_matrix() -> None:
    for write in KILL_DOCUMENTS.values():
        assert write(EVERYTHING) == write(EVERYTHING)


def test_the_counts_are_written_down() -> None:
    document = json.loads(KILL_DOCUMENTS["kills.json"](EVERYTHING))

    assert document["schema"] == "proxyproof.kills/2"
    assert document["exit"] == 1
    assert document["counts"] == {
        "cases": 1,
        "faults": 5,
        "pairs": 2,
        "bystanders": 2,
        "explored": 1,
        "noticed": 1,
        "trials": 6,
        "killed": 1,
        "survived": 1,
        "unexplained": 1,
        "false_alarms": 1,
        "errors": 1,
        "unproven": 1,
    }
    assert document["unproven"] == {"order": ["reorders", "drops"]}


def test_the_page_tells_what_breaks_the_rules() -> None:
    page = KILL_DOCUMENTS["kills.html"](EVERYTHING)

    assert "Some cases cannot be trusted yet" in page
    for sentence in kill_answers.broken_rules(EVERYTHING):
        assert sentence in page
    assert "partly" in page
    assert "KeyError" in page


def test_the_page_of_a_complete_matrix_has_nothing_to_look_at() -> None:
    assert "What to look at" not in KILL_DOCUMENTS["kills.html"](made(tried("reorders", FAILED)))


def test_the_terminal_ends_with_the_counts() -> None:
    lines = kill_summary(EVERYTHING, Path("kills.html"))

    assert lines == [
        "order  1/2 killed  reorders",
        "survived: order passes under drops (nginx), which it names",
        "unexplained: order fails under buffers-all (nginx), a fault of another kind",
        "false alarm: order fails without a fault (nginx sse)",
        "noticed: order fails under new (nginx), which it does not name",
        "unproven: order: nothing that was judged has what it names: reorders, drops",
        "not judged: order under leaks: KeyError: 'x'",
        "1 of 2 pairs killed, 0 of 2 bystanders unmoved, 1 of 1 pair noticed that nobody named, "
        "1 case unproven, exit 1, report: kills.html",
    ]


@pytest.mark.parametrize(
    ("found", "title"),
    [
        (made(tried("reorders", FAILED)), "Every case notices every fault that it names"),
        (made(), "The kill matrix is not complete"),
        (EVERYTHING, "Some cases cannot be trusted yet"),
    ],
)
def test_title(found: Matrix, title: str) -> None:
    assert kill_answers.title(found) == title
