from reports.model import EXIT_MEANINGS, MEANINGS, Requirement, Verdict
from tests.reports.sample import FULL, result


def test_every_verdict_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Verdict)


def test_every_exit_code_has_a_meaning() -> None:
    assert set(EXIT_MEANINGS) == {0, 1, 2, 3}


def test_counts_name_every_verdict() -> None:
    assert FULL.counts == {v.value: 3 if v is Verdict.PASS else 1 for v in Verdict}


def test_the_source_of_a_standard_is_document_and_clause() -> None:
    assert Requirement("must", "ordering", document="RFC 6455", clause="5.4").source == (
        "RFC 6455 5.4"
    )


def test_the_source_of_a_practice_is_its_reason() -> None:
    assert Requirement("practice", "ordering", reason="apps need it").source == "apps need it"


def test_a_flavour_is_transport_and_variant() -> None:
    assert result(Verdict.PASS, variant="4096").flavour == "sse 4096"
