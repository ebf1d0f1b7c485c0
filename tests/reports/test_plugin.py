import json

import pytest

from reports.model import Verdict
from tests.reports.bench import Bench


@pytest.mark.parametrize(
    ("body", "verdict", "code"),
    [
        ("raise TimeoutError('no event within 2.0 s')", Verdict.FAIL, 1),
        ("pytest.fail('declared')", Verdict.FAIL, 1),
        ("facts(requirement={'level': 'should'}); assert False", Verdict.WARN, 0),
        ("facts(deviation={'why': 'known'}); assert False", Verdict.WAIVED, 0),
        ("facts(run={'faults': ['drops']})", Verdict.UNPROVEN, 2),
        ("facts(blocked='the machine is too busy'); assert False", Verdict.BLOCKED, 2),
        ("raise KeyError('x')", Verdict.ERROR, 3),
    ],
)
def test_verdict_and_exit_code_of_a_single_case(
    body: str, verdict: Verdict, code: int, bench: Bench
) -> None:
    gated = bench.gate(f"def test_order(facts): {body}")

    assert gated.case.verdict is verdict
    assert gated.code == code


def test_a_set_up_that_fails_is_not_blamed_on_the_proxy(bench: Bench) -> None:
    gated = bench.gate(
        """
        @pytest.fixture
        def client():
            assert False, "no login"

        def test_order(client):
            pass
        """
    )

    assert gated.case.verdict is Verdict.ERROR
    assert gated.case.message.startswith("AssertionError: no login")
    assert gated.code == 2


def test_a_clean_up_that_fails_is_a_fault_of_the_harness(bench: Bench) -> None:
    gated = bench.gate(
        """
        @pytest.fixture
        def client():
            yield
            raise OSError("still there")

        def test_order(client):
            pass
        """
    )

    assert gated.case.verdict is Verdict.ERROR
    assert gated.code == 3


def test_what_a_clean_up_adds_is_kept(bench: Bench) -> None:
    gated = bench.gate(
        """
        @pytest.fixture
        def journal(facts):
            yield
            facts(evidence={"notes": ["margin 0.1"]})

        def test_order(journal):
            pass
        """
    )

    assert gated.case.evidence.notes == ("margin 0.1",)


# A mark takes effect before any fixture does: the requirement must be known by then, as in suites.
MARKED = """
def pytest_itemcollected(item):
    item.user_properties.append(("requirement", {"level": "must", "kills": ["reorders"]}))
"""

# What pytest offers to let a test off. A case has none of it: what differs is a `Deviation` of the
# product, what cannot be asked lacks a `Feature`, and both are in the report with their reason.
WAYS_OUT = {
    "xfail": ("@pytest.mark.xfail", "assert False"),
    "strict xfail": ("@pytest.mark.xfail(strict=True)", "assert False"),
    "xfail that does not run": ("@pytest.mark.xfail(run=False)", "assert False"),
    "xfail from within": ("", "pytest.xfail('known')"),
    "xfail with a deviation": (
        "@pytest.mark.xfail",
        "facts(deviation={'why': 'known'}); assert False",
    ),
    "skip": ("@pytest.mark.skip(reason='not today')", "assert False"),
    "skipif": ("@pytest.mark.skipif(True, reason='not here')", "assert False"),
    "skip from within": ("", "pytest.skip('not today')"),
    "importorskip": ("", "pytest.importorskip('no_such_module')"),
}


@pytest.mark.parametrize(("mark", "body"), WAYS_OUT.values(), ids=WAYS_OUT)
def test_a_case_that_is_let_off_is_an_error_and_proves_nothing(
    mark: str, body: str, bench: Bench
) -> None:
    gated = bench.gate(f"{mark}\ndef test_order(facts): {body}", conftest=MARKED)

    assert gated.case.verdict is Verdict.ERROR
    assert gated.case.reason.startswith("skipped without a declared reason: ")
    assert gated.code == 2


@pytest.mark.parametrize(
    ("mark", "verdict", "code"),
    [("xfail", Verdict.PASS, 0), ("xfail(strict=True)", Verdict.ERROR, 3)],
)
def test_a_failure_that_was_expected_and_did_not_come_excuses_nothing(
    mark: str, verdict: Verdict, code: int, bench: Bench
) -> None:
    gated = bench.gate(f"@pytest.mark.{mark}\ndef test_order(): pass")

    assert gated.case.verdict is verdict
    assert gated.code == code


def test_progress_is_shown_by_proxy_and_topic(bench: Bench) -> None:
    gated = bench.gate(
        """
        @pytest.mark.parametrize("proxy", ["direct", "nginx"])
        def test_order(facts, proxy):
            facts(proxy=proxy)
        """
    )

    assert "direct     ordering      .  1 pass" in gated.out
    assert "nginx      ordering      .  1 pass" in gated.out


def test_the_end_is_the_table_the_answer_and_the_closing_line_of_pytest(bench: Bench) -> None:
    gated = bench.gate("def test_order(): assert False")

    lines = gated.out.splitlines()
    table = next(n for n, line in enumerate(lines) if line.strip() == "nginx")
    assert lines[table + 1] == "ordering  0, 1 fail"
    assert lines[-2].startswith("a requirement failed (exit 1), report: ")
    assert lines[-1].startswith("=")
    assert "1 failed in" in lines[-1]


def test_the_closing_line_counts_by_verdict(bench: Bench) -> None:
    gated = bench.gate(
        """
        def test_order(): pass
        def test_waived(facts):
            facts(deviation={"why": "known"})
            assert False
        """
    )

    assert "1 passed, 1 waived in" in gated.out.splitlines()[-1]


def test_a_failure_is_shown_with_its_promise_and_where_to_look(bench: Bench) -> None:
    gated = bench.gate("def test_order(): assert 1 == 2")

    assert "E   assert 1 == 2" in gated.out
    assert "promise   It holds." in gated.out
    assert "evidence  report.html#order.nginx" in gated.out
    assert "repeat    tox -e proxy -- -k this" in gated.out


@pytest.mark.parametrize("verbosity", ["-v", "-q"])
def test_pytest_shows_its_own_progress_if_asked(verbosity: str, bench: Bench) -> None:
    gated = bench.gate("def test_order(): pass", verbosity)

    assert gated.code == 0
    assert "nginx      ordering" not in gated.out


def test_the_control_excuses_the_proxies(bench: Bench) -> None:
    gated = bench.gate(
        """
        @pytest.mark.parametrize("proxy", ["direct", "nginx"])
        def test_order(facts, proxy):
            facts(proxy=proxy)
            assert False
        """
    )

    assert [case.verdict for case in gated.run.cases] == [Verdict.FAIL, Verdict.BLOCKED]
    assert gated.code == 1
    assert gated.problems == []


def test_faults_give_the_kill_matrix(bench: Bench) -> None:
    gated = bench.gate(
        """
        @pytest.mark.parametrize("fault", ["", "reorders"])
        def test_order(facts, fault):
            facts(case="test_order", fault=fault)
            assert not fault
        """,
        "--faults",
    )

    kills = json.loads((gated.folder / "latest" / "kills.json").read_text())
    assert gated.code == 0
    assert kills["counts"]["killed"] == 1
    assert "1 passed, 1 killed in" in gated.out
    assert not (gated.folder / "latest" / "run.json").exists()


def test_a_survivor_ends_in_1(bench: Bench) -> None:
    gated = bench.gate("def test_order(facts): facts(fault='reorders')", "--faults")

    assert gated.code == 1
    assert "survived: order passes under reorders (nginx), which it names" in gated.out


def test_a_failure_ends_with_the_advice_on_it(bench: Bench) -> None:
    gated = bench.gate(
        """
        def test_order(facts):
            shown = {"fault": "reorders", "standing": "shown", "put": ["in order;"],
                     "now": ["as it comes;"], "entries": [], "size": 1}
            facts(path=["proxy"], evidence={"requests": [{"label": "GET"}]})
            facts(remedies={"file": "proxy.conf", "known": [shown]})
            assert False, "out of order"

        def test_other(facts):
            facts(remedies=None)
            assert False, "nothing is known"
        """
    )
    told = gated.out.partition("short test summary")[0]

    assert "- advice -" in told
    assert "advice: in proxy.conf: in order; (now: as it comes;), as reverse of" in told
    assert told.count("- advice -") == 1
