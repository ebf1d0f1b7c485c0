import re

from proxyproof.origin.api.static import FOLDER
from proxyproof.origin.page_faults import FAULTS


def test_each_fault_that_is_described_is_one_that_a_page_can_choose() -> None:
    index = (FOLDER / "faults" / "index.js").read_text()

    assert list(FAULTS) == re.findall(r'^  "(js-[a-z0-9-]+)":', index, re.MULTILINE)


def test_each_fault_says_what_it_is_and_where_it_was_seen() -> None:
    assert all(
        fault.summary and re.search(r"[A-Z]{3}-\d\d", fault.source) for fault in FAULTS.values()
    )
