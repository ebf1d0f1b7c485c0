from reports import transfer
from reports.model import Verdict
from tests.reports.bench import Bench

CASES = """
    def test_order(facts):
        facts(evidence={"notes": ["an é of a header"], "omitted": {"events": 3}})
        facts(margin={"what": "lag", "measured": 0.25, "limit": 1.0})
        assert False, "late"

    def test_gap(facts):
        facts(unsupported="it has no WebSocket")
        pytest.skip("it has no WebSocket")
"""


def test_properties_travel_as_one_text() -> None:
    told = [("transport", "sse"), ("evidence", {"notes": ["é"]}), ("evidence", {"notes": []})]
    data = {"outcome": "passed", "location": ("a", 1, "b"), "user_properties": told}

    transfer.pack(data)
    carried = data["user_properties"]
    transfer.unpack(data)

    assert isinstance(carried, str)
    assert data == {"outcome": "passed", "location": ("a", 1, "b"), "user_properties": told}


def test_a_report_without_properties_is_left_as_it_is() -> None:
    data = {"$report_type": "CollectReport"}

    transfer.pack(data)
    transfer.unpack(data)

    assert data == {"$report_type": "CollectReport"}


def test_a_worker_tells_the_same_as_a_run_without_workers(bench: Bench) -> None:
    known = 'pytest_plugins = ["reports.plugin"]'
    alone = bench.gate(CASES, conftest=known).run.cases
    shared = bench.gate(CASES, "-p", "xdist.plugin", "-n", "1", conftest=known).run.cases

    assert [case.verdict for case in shared] == [Verdict.FAIL, Verdict.UNSUPPORTED]
    assert [case.evidence for case in shared] == [case.evidence for case in alone]
    assert [case.margins for case in shared] == [case.margins for case in alone]
    assert [case.message for case in shared] == [case.message for case in alone]
