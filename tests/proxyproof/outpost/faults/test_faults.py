import re
from pathlib import Path

import pytest

from proxyproof.outpost.faults import FAULTS, apply
from proxyproof.outpost.parts import Parts
from proxyproof.outpost.settings import parse
from tests.proxyproof.outpost.test_settings import MINIMAL


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_says_what_it_is_and_where_it_was_seen(name: str) -> None:
    fault = FAULTS[name]

    assert fault.name == name
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert fault.summary
    assert fault.source


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_changes_the_parts_that_it_is_given(name: str) -> None:
    good, bad = Parts.good(parse(MINIMAL)), Parts.good(parse(MINIMAL))
    apply([name], bad)
    lists = [(len(p.requests), len(p.responses), len(p.own), len(p.bodies)) for p in (good, bad)]
    kinds = [
        (p.store, p.cookie, p.flow, p.header_auth, p.gate, p.relay, p.tunnel, p.upstream, p.profile)
        for p in (good, bad)
    ]

    assert lists[0] != lists[1] or kinds[0] != kinds[1]


def test_two_faults_of_one_part_are_refused() -> None:
    with pytest.raises(ValueError, match="two faults exchange the gate: enable one of them"):
        apply(["fails-open", "accepts-expired"], Parts.good(parse(MINIMAL)))


def test_an_unknown_fault_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown fault 'no-such': known are accepts-expired, "):
        apply(["no-such"], Parts.good(parse(MINIMAL)))


def test_the_good_code_does_not_know_its_faults() -> None:
    package = Path(__file__).parents[4] / "proxyproof" / "outpost"
    good = [path for path in package.rglob("*.py") if "faults" not in path.parts]
    naming = [
        path.name for path in good if "from proxyproof.outpost.faults" in path.read_text("utf-8")
    ]

    assert naming == ["server.py"]  # the one place that applies them
