from dataclasses import replace

from proxy.definitions import definition
from proxy.model import Deviation, Feature

NGINX = definition("nginx")
KNOWN = Deviation("some_case", "the product does it", "its documentation")


def test_http2_is_offered_over_tls_alone() -> None:
    over_tls, plain = NGINX.features_over("https"), NGINX.features_over("http")

    assert over_tls - plain == {Feature.H2_DOWNSTREAM}


def test_a_deviation_is_found_by_the_case_that_it_explains() -> None:
    deviating = replace(NGINX, deviations=(KNOWN,))

    assert deviating.deviation_of("some_case") is KNOWN
    assert deviating.deviation_of("another_case") is None
