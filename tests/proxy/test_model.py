from dataclasses import replace

from proxy.definitions import definition
from proxy.model import Deviation, Feature, Login

NGINX = definition("nginx")
KNOWN = Deviation("some_case", "the product does it", "its documentation")


def test_http2_is_offered_over_tls_alone() -> None:
    over_tls, plain = NGINX.features_over("https"), NGINX.features_over("http")

    assert over_tls - plain == {Feature.H2_DOWNSTREAM}


def test_a_proxy_can_do_what_it_does_not_lack() -> None:
    mute = replace(NGINX, lacks={Feature.SSE: "it buffers"})

    assert mute.features == set(Feature) - {Feature.SSE}
    assert mute.why_not(Feature.SSE, "https") == "it buffers"


def test_what_the_tls_handshake_decides_is_missed_without_tls_for_that_reason() -> None:
    why = NGINX.why_not(Feature.H2_DOWNSTREAM, "http")

    assert why.startswith("agreed on in the TLS handshake, and this is http: HTTP/2")


def test_a_deviation_is_found_by_the_case_that_it_explains() -> None:
    deviating = replace(NGINX, deviations=(KNOWN,))

    assert deviating.deviation_of("some_case") is KNOWN
    assert deviating.deviation_of("another_case") is None


def test_a_deviation_may_be_one_of_a_single_scheme() -> None:
    deviating = replace(NGINX, deviations=(replace(KNOWN, scheme="http"),))

    assert deviating.deviation_of("some_case", "https") is None
    assert deviating.deviation_of("some_case", "http") is not None


def test_a_deviation_may_be_one_of_a_single_flavour() -> None:
    deviating = replace(NGINX, deviations=(replace(KNOWN, only=frozenset({"sse", "http2"})),))

    assert deviating.deviation_of("some_case", "https", ["nginx", "http2"]) is None
    assert deviating.deviation_of("some_case", "https", ["nginx", "http2", "sse"]) is not None


def test_login_leads_to_the_provider_and_back() -> None:
    login = Login("/start?iss={issuer}&to={back}", "/home", "session")

    assert login.path("http://idp", "https://app/?a=1&b=2") == (
        "/start?iss=http%3A%2F%2Fidp&to=https%3A%2F%2Fapp%2F%3Fa%3D1%26b%3D2"
    )
