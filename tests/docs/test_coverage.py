import re
from pathlib import Path

import pytest

from fixtures.faults import FAULTS
from suites.coverage import BINDING, ENTRY, PAGE, Coverage, Entry, coverage, entries, marked, page

FOUND = coverage()
KNOWN = {entry.id for entry in entries()}


def test_the_document_is_current() -> None:
    assert PAGE.read_text() == page(FOUND), "run `python -m suites.coverage`"


def test_every_entry_of_the_catalogue_is_there() -> None:
    assert len(KNOWN) == 128
    assert {entry.severity for entry in entries()} == {"S1", "S2", "S3", "S4"}


@pytest.mark.parametrize("one", FOUND, ids=lambda one: one.entry.id)
def test_an_entry_has_a_case_or_a_reason(one: Coverage) -> None:
    assert one.state != "left"


def test_most_of_what_breaks_a_boundary_or_a_stream_has_a_case() -> None:
    left = [one.entry.id for one in FOUND if one.entry.severity == "S1" and not one.cases]

    assert left == []
    assert len([one for one in FOUND if one.entry.severity in BINDING and not one.cases]) < 10


@pytest.mark.parametrize("name", sorted({name for name, _ in marked()}))
def test_a_case_names_entries_that_exist(name: str) -> None:
    assert set(dict(marked())[name].field) <= KNOWN


def test_a_fault_names_entries_that_exist() -> None:
    named = {entry for fault in FAULTS for entry in ENTRY.findall(fault.source)}

    assert named <= KNOWN


def test_a_reason_points_at_cases_that_exist() -> None:
    cases = {name for name, _ in marked()}
    told = [word for entry in entries() for word in re.findall(r"`(\w+_\w+)`", entry.reason)]
    to_come = {"seven_tabs_stream_at_once"}

    assert set(told) - to_come <= cases


def test_an_entry_without_case_and_reason_is_left() -> None:
    assert Coverage(Entry("X-01", "t", "S1"), (), {}).state == "left"
    assert Coverage(Entry("X-01", "t", "S1", "why"), (), {}).state == "explained"
    assert Path(PAGE).name == "coverage.md"
