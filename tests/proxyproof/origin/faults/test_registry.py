import re

import pytest

from proxyproof.origin import FAULTS
from proxyproof.origin.parts import Parts


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_has_a_name_a_summary_and_a_source(name: str) -> None:
    fault = FAULTS[name]

    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", fault.name)
    assert fault.name == name
    assert fault.summary
    assert fault.source


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_replaces_something(name: str) -> None:
    parts = Parts()
    FAULTS[name].apply(parts)

    assert parts != Parts()
