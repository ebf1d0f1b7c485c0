"""What each product says of its configuration, the good one and each of its faults."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from proxy.definitions import definition
from proxy.faults import ConfigFault
from proxy.model import ProxyDefinition
from tests.proxy.ground import products
from tests.proxy.staged import faults_of, judged, staged


def has_a_check(defined: ProxyDefinition) -> bool:
    """Envoy's, by which it is started, passes over what it does not know: see `test_envoy.py`."""
    return defined.command is not None and bool(defined.command.check) and defined.name != "envoy"


UNFORMATTED = "Caddyfile input is not formatted"  # of white space: the comments stand in a column
CHECKED = products(has_a_check)
SCHEMES = [(name, scheme) for name in CHECKED for scheme in definition(name).schemes]
FAULTS = [fault for name in CHECKED for fault in faults_of(name)]


@pytest.mark.parametrize(("name", "scheme"), SCHEMES)
def test_the_good_configuration_is_accepted_without_a_warning(
    name: str, scheme: str, tmp_path: Path, files: Mapping[str, str]
) -> None:
    status, said = judged(staged(definition(name), tmp_path, files, scheme=scheme))
    warnings = [line for line in said.splitlines() if "warn" in line.lower()]

    assert (status, [line for line in warnings if UNFORMATTED not in line]) == (0, []), said


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.product}-{fault.name}")
def test_a_fault_is_accepted(fault: ConfigFault, tmp_path: Path, files: Mapping[str, str]) -> None:
    status, said = judged(staged(definition(fault.product), tmp_path, files, fault))

    assert status == 0, said
