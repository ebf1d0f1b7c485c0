from reports.harvest import Step
from reports.model import ProxyRecord, Verdict
from reports.recording import Recording, nothing_judged
from tests.reports.sample import result

SETUP, CALL = Step("setup", "passed"), Step("call", "passed")


def recorded(*properties: tuple[str, object]) -> Recording:
    recording = Recording()
    recording.add("a/test_a.py::test_a", SETUP, properties)
    recording.add("a/test_a.py::test_a", CALL, properties)
    return recording


def test_the_most_detailed_record_of_a_proxy_wins() -> None:
    recording = recorded(
        ("proxy", "nginx"),
        ("proxy", {"name": "nginx", "version": "1.31", "image": "sha256:4f"}),
        ("proxy", {"name": "nginx", "version": "1.31"}),
        ("run", {"proxies": [{"name": "direct"}]}),
    )

    assert recording.proxies() == (
        ProxyRecord("direct"),
        ProxyRecord("nginx", "1.31", "sha256:4f"),
    )


def test_versions_of_http_are_those_of_all_cases_behind_a_proxy() -> None:
    recording = recorded(("proxy", "nginx"), ("http", {"sse": ["HTTP/2"]}))
    more = (("proxy", {"name": "nginx"}), ("http", {"websocket": ["HTTP/1.1"]}))
    recording.add("a/test_a.py::test_b", CALL, more)
    recording.add("a/test_a.py::test_c", CALL, (("proxy", "caddy"), ("http", {"sse": ["x"]})))

    spoken = {one.name: one.http for one in recording.proxies()}
    assert spoken == {"nginx": "HTTP/2; WebSocket over HTTP/1.1", "caddy": "x"}


def test_the_control_comes_first_whoever_told_first() -> None:
    recording = recorded(("proxy", "nginx"), ("proxy", "caddy"), ("proxy", "direct"))

    assert [one.name for one in recording.proxies()] == ["direct", "caddy", "nginx"]


def test_versions_of_all_items_come_together() -> None:
    recording = recorded(("run", {"versions": {"a": "1"}}), ("run", {"versions": {"b": "2"}}))

    assert recording.facts()["versions"] == {"a": "1", "b": "2"}


def test_known_faults_are_unknown_until_somebody_says_them() -> None:
    assert recorded().known_faults() is None
    assert recorded(("run", {}), ("run", {"faults": ["drops"]})).known_faults() == ["drops"]


def test_a_case_that_only_began_has_no_result() -> None:
    recording = Recording(planned=["a/test_a.py::test_a"])
    recording.add("a/test_a.py::test_a", SETUP, ())

    assert recording.results() == ()
    assert [problem.what for problem in recording.heard()] == ["1 planned but never ran: a"]


def test_many_lost_cases_are_counted() -> None:
    recording = Recording(planned=[f"a/test_a.py::test_{number}" for number in range(14)])

    (problem,) = recording.heard()
    assert problem.what.startswith("14 planned but never ran: 0, 1, 2")
    assert problem.what.endswith("11 and 2 more")


def test_a_run_with_verdicts_that_count_was_judged() -> None:
    assert nothing_judged((result(Verdict.PASS),)) == []


def test_a_run_without_them_says_what_it_has() -> None:
    cases = (result(Verdict.UNPROVEN), result(Verdict.UNSUPPORTED))

    (problem,) = nothing_judged(cases)
    assert problem.what == (
        "no case behind nginx has a verdict that counts: all unproven, unsupported"
    )


def test_a_proxy_that_supports_nothing_is_not_hidden_by_another() -> None:
    cases = (result(Verdict.PASS, proxy="caddy"), result(Verdict.UNSUPPORTED))

    assert [problem.proxy for problem in nothing_judged(cases)] == ["nginx"]


def test_the_control_may_lack_what_a_case_needs() -> None:
    cases = (result(Verdict.UNSUPPORTED, proxy="direct"), result(Verdict.PASS))

    assert nothing_judged(cases) == []


def test_a_control_alone_must_be_judged() -> None:
    assert len(nothing_judged([result(Verdict.UNSUPPORTED, proxy="direct")])) == 1
