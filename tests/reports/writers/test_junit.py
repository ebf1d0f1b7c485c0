from xml.etree.ElementTree import Element, fromstring

from reports.model import Verdict
from reports.writers import junit
from tests.reports.sample import FULL, result, run


def root() -> Element:
    return fromstring(junit.write(FULL))


def case(name: str) -> Element:
    found = root().find(f".//testcase[@name='{name}']")
    assert found is not None
    return found


def test_the_same_run_gives_the_same_bytes() -> None:
    assert junit.write(FULL) == junit.write(FULL)


def test_a_suite_counts_what_is_in_it() -> None:
    suite = root().find("testsuite[@name='nginx']")

    assert suite is not None
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "9",
        "failures": "1",
        "errors": "1",
        "skipped": "4",
    }
    assert suite.find("properties/property[@name='version']").get("value") == "nginx/1.31.3"  # type: ignore[union-attr]


def test_a_failure_has_its_message() -> None:
    failure = case("case_fail[sse 4096]").find("failure")

    assert failure is not None
    assert failure.get("message") == "AssertionError: <script>alert(1)</script> & | `x`"
    assert failure.text is not None
    assert failure.text.endswith("expected 'e-2', observed none")


def test_what_xml_does_not_allow_is_replaced() -> None:
    error = case("case_error").find("error")

    assert error is not None
    assert error.text == "KeyError: 'x'\ufffd"


def test_what_does_not_count_is_skipped_and_says_why() -> None:
    for verdict in ("unsupported", "blocked", "unproven", "waived"):
        skipped = case(f"case_{verdict}[sse]").find("skipped")
        assert skipped is not None
        assert str(skipped.get("message")).startswith(f"{verdict}: ")


def test_a_warning_passes_and_is_told() -> None:
    warned = case("case_warn[sse]")

    assert warned.findtext("system-out") == "warn: AssertionError: no hint"
    assert warned.find("failure") is None


def test_a_case_tells_its_promise_and_how_to_repeat_it() -> None:
    found = {p.get("name"): p.get("value") for p in case("case_fail[sse 4096]").iter("property")}

    assert found["promise"] == "Events arrive in order."
    assert found["repeat"] == "tox -e proxy -- --proxy nginx"
    assert found["verdict"] == "fail"


def test_a_run_that_was_not_judged_is_red() -> None:
    error = case("the run was judged").find("error")

    assert error is not None
    assert error.get("message") == "fault of the harness (exit 3)"
    assert "internal error: boom" in str(error.text)


def test_a_proven_run_is_green() -> None:
    proven = fromstring(junit.write(run(result(Verdict.PASS, proxy=""), code=0)))

    assert proven.find(".//error") is None
    assert proven.find("testsuite[@name='no proxy']") is not None
