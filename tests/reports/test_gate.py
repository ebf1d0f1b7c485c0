import pytest

from reports import facts, gate, reporter, store
from reports.model import Verdict
from reports.writers import DOCUMENTS, KILL_DOCUMENTS
from tests.reports.bench import Bench

PASSES = """
def test_order():
    pass
"""
FAILS = """
def test_order():
    assert [1, 3, 2] == [1, 2, 3]
"""


def test_a_requirement_that_holds_is_proven(bench: Bench) -> None:
    gated = bench.gate(PASSES)

    assert gated.code == 0
    assert gated.case.verdict is Verdict.PASS
    assert {file.name for file in (gated.folder / "latest").iterdir()} == {
        "run.json",
        "junit.xml",
        "report.md",
        "report.html",
    }


def test_a_broken_requirement_ends_in_1(bench: Bench) -> None:
    gated = bench.gate(FAILS)

    assert gated.code == 1
    assert gated.case.message.startswith("assert [1, 3, 2] == [1, 2, 3]")


def test_a_filter_that_selects_nothing_ends_in_2(bench: Bench) -> None:
    gated = bench.gate(PASSES, "-k", "nothing_like_it")

    assert gated.code == 2
    assert gated.problems == ["nothing was selected: no case matches the command line"]


def test_an_unknown_option_ends_in_2_with_the_message_of_pytest(bench: Bench) -> None:
    gated = bench.gate(PASSES, "--no-such-option")

    assert gated.code == 2
    assert "unrecognized arguments: --no-such-option" in gated.out


def test_a_path_that_is_not_there_ends_in_2(bench: Bench) -> None:
    gated = bench.gate(PASSES, str(bench.folder / "nowhere"))

    assert gated.code == 2
    assert gated.problems == ["pytest could not use the command line: see its message"]
    assert "file or directory not found" in gated.out


def test_a_prerequisite_that_is_missing_at_the_start_ends_in_2(bench: Bench) -> None:
    gated = bench.gate(
        PASSES,
        conftest="""
        def pytest_configure(config):
            pytest.exit("no proxy is called ngnix", returncode=2)
        """,
    )

    assert gated.code == 2
    assert "Traceback" not in gated.out
    assert gated.problems == ["pytest stopped before any case: no proxy is called ngnix"]


def test_a_prerequisite_that_is_missing_later_ends_in_2(bench: Bench) -> None:
    gated = bench.gate(
        """
        @pytest.fixture(scope="session")
        def deployment():
            pytest.exit("no container engine answers", returncode=2)

        def test_order(deployment):
            pass
        """
    )

    assert gated.code == 2
    assert gated.problems == [
        "stopped: no container engine answers",
        "1 planned but never ran: order",
    ]


def test_a_file_that_cannot_be_collected_ends_in_2(bench: Bench) -> None:
    gated = bench.gate("import no_such_module_at_all")

    assert gated.code == 2
    assert gated.problems == [
        "cannot collect suites/ordering/test_order.py: "
        "ModuleNotFoundError: No module named 'no_such_module_at_all'"
    ]


def test_an_interrupted_run_is_reported_with_what_is_there(bench: Bench) -> None:
    gated = bench.gate(
        """
        def test_order():
            pass

        def test_later():
            raise KeyboardInterrupt

        def test_last():
            pass
        """
    )

    assert gated.code == 2
    assert [case.id for case in gated.run.cases] == ["order"]
    assert gated.problems == ["interrupted", "2 planned but never ran: later, last"]


def test_cases_that_a_first_failure_kept_from_running_are_told(bench: Bench) -> None:
    gated = bench.gate(FAILS + "def test_later(): pass", "-x")

    assert gated.code == 1
    assert gated.problems == ["1 planned but never ran: later"]


def test_a_run_in_which_nothing_counts_ends_in_2(bench: Bench) -> None:
    gated = bench.gate(
        """
        def test_order(facts):
            facts(unsupported="nginx has no HTTP/3")
            pytest.skip("nginx has no HTTP/3")
        """
    )

    assert gated.code == 2
    assert gated.problems == [
        "no case behind nginx has a verdict that counts: all unsupported: nginx has no HTTP/3"
    ]


def test_an_internal_error_ends_in_3(bench: Bench) -> None:
    gated = bench.gate(
        PASSES,
        conftest="""
        def pytest_runtest_protocol(item):
            raise ValueError("boom")
        """,
    )

    assert gated.code == 3
    assert gated.problems[0] == "internal error: ValueError: boom"


def test_a_harness_that_breaks_outright_ends_in_3(bench: Bench) -> None:
    gated = bench.gate(
        PASSES,
        conftest="""
        def pytest_cmdline_main(config):
            raise ValueError("boom")
        """,
    )

    assert gated.code == 3
    assert gated.problems == ["the harness broke: see above"]
    assert "ValueError: boom" in gated.out


@pytest.mark.parametrize("question", ["--help", "--collect-only"])
def test_a_question_is_answered_and_leaves_the_last_report_alone(
    question: str, bench: Bench
) -> None:
    store.publish(bench.folder / "out" / "latest", {"run.json": "the last one"})

    gated = bench.gate(PASSES, question)

    assert gated.code == 0
    assert (gated.folder / "latest" / "run.json").read_text() == "the last one"


def test_a_report_never_outlives_the_next_run(bench: Bench) -> None:
    bench.gate(PASSES)

    gated = bench.gate(PASSES, "--no-such-option")

    assert gated.run.exit == 2
    assert (gated.folder / "previous" / "run.json").exists()


@pytest.mark.parametrize("last", [["--faults"], []])
def test_a_reader_finds_one_run_and_beside_it_the_last(last: list[str], bench: Bench) -> None:
    kinds = {True: {*KILL_DOCUMENTS, reporter.RECORDINGS}, False: {*DOCUMENTS}}
    for kind in (last, [] if last else ["--faults"], last):
        folder = bench.gate(PASSES, *kind).folder

    found = [{file.name for file in (folder / name).iterdir()} for name in ("latest", "previous")]
    assert found == [kinds[bool(last)], kinds[not last]]


def test_the_command_is_what_was_typed(bench: Bench) -> None:
    gated = bench.gate(PASSES, "-k", "order")

    assert gated.run.command.startswith("python -m reports.gate ")
    assert gated.run.command.endswith(" -k order")


def test_the_documents_go_below_reports_by_default() -> None:
    assert gate.FOLDER.parts[-2:] == ("reports", "out")


def test_the_run_names_its_circumstances(bench: Bench) -> None:
    gated = bench.gate(
        """
        def test_order(facts):
            facts(
                run={"runtime": "process", "scheme": "https", "versions": {"outpost": "2026.8"}},
                proxy={"name": "nginx", "version": "1.31", "image": ""},
            )
        """
    )

    assert (gated.run.runtime, gated.run.scheme) == ("process", "https")
    assert gated.run.versions == facts.versions() | {"outpost": "2026.8"}
    assert [proxy.version for proxy in gated.run.proxies] == ["1.31"]


def test_a_file_that_is_refused_without_a_traceback_is_told_by_its_first_line(bench: Bench) -> None:
    gated = bench.gate(
        """
        @pytest.mark.parametrize("size", [1, 2])
        def test_order():
            pass
        """
    )

    assert gated.problems == [
        "cannot collect suites/ordering/test_order.py: "
        "In suites/ordering/test_order.py::test_order: function uses no argument 'size'"
    ]
