import pytest

from reports.harvest import Properties, Step, case, outcome, problem, proxy_record, short, spoken
from reports.model import Deviation, Kind, Margin, Problem, ProxyRecord, Requirement, Verdict
from reports.verdicts import Outcome

NODE = "suites/ordering/test_order.py::test_burst_arrives[nginx-4096-sse]"
REQUIREMENT = {"level": "must", "document": "RFC 6455", "clause": "5.4", "kills": ["reorders"]}
BASE: Properties = (("requirement", REQUIREMENT), ("proxy", "nginx"), ("transport", "sse"))

SETUP = Step("setup", "passed")
CALL = Step("call", "passed", seconds=0.25)
FAILED = Step("call", "failed", judgement=True, message="AssertionError: 1 != 2")
STUMBLED = Step("call", "failed", message="KeyError: 'x'")
END = Step("teardown", "passed")
BROKEN_END = Step("teardown", "failed", message="OSError: still there")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([SETUP, CALL, END], Outcome.PASSED),
        ([SETUP, FAILED, END], Outcome.FAILED),
        ([SETUP, STUMBLED, END], Outcome.BROKEN_CALL),
        ([SETUP, FAILED, BROKEN_END], Outcome.FAILED),
        ([SETUP, CALL, BROKEN_END], Outcome.BROKEN_TEARDOWN),
        ([Step("setup", "failed", judgement=True), END], Outcome.BROKEN_SETUP),
        ([Step("setup", "skipped"), END], Outcome.SKIPPED),
        ([SETUP, Step("call", "skipped"), END], Outcome.SKIPPED),
    ],
)
def test_outcome_of_the_phases(steps: list[Step], expected: Outcome) -> None:
    assert outcome(steps) is expected


def test_a_case_is_read_from_its_phases_and_properties() -> None:
    found = case(NODE, [SETUP, CALL, END], (*BASE, ("repeat", "tox -e proxy")))

    assert found.id == "burst_arrives"
    assert found.requirement == Requirement(
        "must", "ordering", document="RFC 6455", clause="5.4", kills=("reorders",)
    )
    assert (found.proxy, found.transport, found.variant) == ("nginx", "sse", "4096")
    assert (found.verdict, found.duration_ms, found.repeat) == (Verdict.PASS, 250.0, "tox -e proxy")


def test_what_was_measured_is_kept_in_order() -> None:
    first = {"what": "wait", "measured": 0.0123456789, "limit": 0.035, "share": 0.353}
    second = {"what": "end", "measured": 1, "limit": 3}
    found = case(NODE, [SETUP, CALL, END], (*BASE, ("margin", first), ("margin", second)))

    assert found.margins == (Margin("wait", 0.012346, 0.035), Margin("end", 1.0, 3.0))


def test_a_deviation_may_come_and_go() -> None:
    known = {"why": "it aborts", "reference": "seen", "intermittent": True}

    assert case(NODE, [SETUP, CALL], (*BASE, ("deviation", known))).deviation == Deviation(
        "it aborts", "seen", intermittent=True
    )


def test_the_last_word_on_a_proxy_counts() -> None:
    record = {"name": "nginx", "version": "1.31", "image": None}

    assert case(NODE, [SETUP, CALL], (*BASE, ("proxy", record))).proxy == "nginx"
    assert proxy_record(record) == ProxyRecord("nginx", "1.31", "")


@pytest.mark.parametrize(
    ("brackets", "more", "expected"),
    [
        ("[nginx-sse]", (), ""),
        ("[sse-nginx]", (), ""),
        ("[nginx-sse-a-b]", (), "a-b"),
        ("[nginx+reorders-sse]", (("fault", "reorders"),), ""),
        (
            "[nginx+origin.reorders-sse]",
            (("fault", "reorders"), ("deployment", "nginx+origin.reorders")),
            "",
        ),
        ("[nginx-sse-4096]", (("variant", "4 KiB"),), "4 KiB"),
        ("", (), ""),
    ],
)
def test_variant_is_what_else_the_brackets_hold(
    brackets: str, more: Properties, expected: str
) -> None:
    assert case(f"a/test_x.py::test_x{brackets}", [SETUP, CALL], (*BASE, *more)).variant == expected


def test_a_repetition_over_another_version_is_the_same_case_as_its_control() -> None:
    node = NODE.replace("nginx-", "nginx-http2-")
    repeated = case(node, [SETUP, CALL, END], (*BASE, ("version", "http2")))

    assert repeated.key == case(NODE, [SETUP, CALL, END], BASE).key
    assert repeated.flavour == "sse 4096 http2"


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        ({}, ""),
        ({"websocket": ["HTTP/1.1"]}, "HTTP/1.1"),
        ({"sse": ["HTTP/2"], "websocket": ["HTTP/2"]}, "HTTP/2"),
        ({"request": ["HTTP/2"], "sse": ["HTTP/1.1"]}, "HTTP/1.1, HTTP/2"),
        ({"sse": ["HTTP/2"], "websocket": ["HTTP/1.1"]}, "HTTP/2; WebSocket over HTTP/1.1"),
    ],
)
def test_versions_of_http_in_words(heard: dict[str, list[str]], words: str) -> None:
    assert spoken([heard]) == words


def test_a_case_without_requirement_is_an_error() -> None:
    found = case("tests/test_x.py::test_x", [SETUP, CALL, END], ())

    assert found.verdict is Verdict.ERROR
    assert found.reason == "no requirement: mark it must, should or practice"


def test_a_file_at_the_top_has_no_topic() -> None:
    assert case("test_x.py::test_x", [SETUP, CALL], ()).requirement.topic == ""


def test_a_declared_deviation_is_told_with_its_reference() -> None:
    declared = ("deviation", {"why": "it always did", "reference": "issue 7"})

    found = case(NODE, [SETUP, FAILED, END], (*BASE, declared))

    assert found.verdict is Verdict.WAIVED
    assert found.deviation == Deviation("it always did", "issue 7")
    assert found.message == "AssertionError: 1 != 2"


def test_a_case_whose_faults_do_not_exist_is_unproven() -> None:
    found = case(NODE, [SETUP, CALL, END], BASE, known=["buffers-all"])

    assert (found.verdict, found.missing) == (Verdict.UNPROVEN, ("reorders",))


def test_a_case_with_one_existing_fault_is_proven() -> None:
    assert case(NODE, [SETUP, CALL, END], BASE, known=["reorders"]).verdict is Verdict.PASS


@pytest.mark.parametrize("value", ["needs the relay", ["needs", "the relay"]])
def test_unproven_may_be_declared(value: object) -> None:
    found = case(NODE, [SETUP, CALL, END], (*BASE, ("unproven", value)))

    assert found.verdict is Verdict.UNPROVEN


def test_evidence_of_several_pieces_is_joined() -> None:
    pieces = (("evidence", {"notes": ["a"]}), ("evidence", {"notes": ["b"]}))

    assert case(NODE, [SETUP, CALL], (*BASE, *pieces)).evidence.notes == ("a", "b")


def trouble(steps: list[Step], *more: tuple[str, object]) -> Problem | None:
    return problem(case(NODE, steps, (*BASE, *more)), steps)


def test_a_verdict_that_counts_is_no_problem() -> None:
    assert trouble([SETUP, CALL, END]) is None
    assert trouble([SETUP, FAILED, END]) is None


def test_a_broken_set_up_leaves_the_run_not_judged() -> None:
    found = trouble([Step("setup", "failed"), END])

    assert found == Problem(
        Kind.NOT_JUDGED,
        "burst_arrives nginx sse 4096: the set-up failed before the case could judge anything",
        "nginx",
    )


def test_an_inconclusive_case_leaves_the_run_not_judged() -> None:
    found = trouble([SETUP, CALL, END], ("blocked", "the machine is too busy"))

    assert found is not None
    assert found.kind is Kind.NOT_JUDGED


@pytest.mark.parametrize(
    "steps", [[SETUP, STUMBLED, END], [SETUP, CALL, BROKEN_END], [SETUP, FAILED, BROKEN_END]]
)
def test_a_stumbling_harness_is_a_fault_of_the_harness(steps: list[Step]) -> None:
    found = trouble(steps)

    assert found is not None
    assert found.kind is Kind.HARNESS


def test_short_name_of_a_node() -> None:
    assert short(NODE) == "burst_arrives[nginx-4096-sse]"
