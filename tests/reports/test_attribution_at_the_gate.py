from dataclasses import replace

import pytest

from reports.evidence import Close, Decision, Evidence, Opened
from tests.reports.recorded import blame_of, exchange, failure

ANYBODY = Evidence(requests=(exchange("instrument"),))
NOBODY = Evidence(requests=(exchange("instrument", received=(), answer=(), answered=("H 401 ",)),))
REFUSED_ELSEWHERE = replace(failure(proxy="caddy", outcome="passed"), evidence=NOBODY)


def test_a_proxy_that_lets_in_what_its_outpost_did_not_allow_is_to_blame() -> None:
    unasked = replace(ANYBODY, gate=(Decision("GET /auth", 401),))

    assert blame_of(failure(unasked), REFUSED_ELSEWHERE).tier == "proxy"


def test_what_the_outpost_let_in_may_be_either_ones_doing() -> None:
    allowed = replace(ANYBODY, gate=(Decision("GET /auth", 200),))

    assert blame_of(failure(allowed), REFUSED_ELSEWHERE).tier == "unknown"


def test_the_outposts_own_word_is_told_from_what_a_proxy_makes_of_it() -> None:
    asked = ("GET /api/ws HTTP/1.1", "X-authentik-username: forged")
    forged = Evidence(
        requests=(exchange("instrument", received=asked),),
        gate=(Decision("GET /auth", 200, 0.0, ("X-Authentik-Username: forged",)),),
    )
    silent = replace(forged, gate=(Decision("GET /auth", 200),))
    good = replace(failure(proxy="caddy", outcome="passed"), evidence=ANYBODY)

    assert blame_of(failure(forged), good).tier == "outpost"
    assert blame_of(failure(silent), good).tier == "proxy"


def test_an_origin_that_does_not_end_what_it_ends_elsewhere_is_to_blame() -> None:
    ended = replace(ANYBODY, closes=(Close("1", "the origin (origin)", 4401, "", 9.0),))
    good = replace(failure(proxy="caddy", outcome="passed"), evidence=ended)

    assert blame_of(failure(ANYBODY), good).tier == "origin"


@pytest.mark.parametrize(
    ("decision", "tier"),
    [
        (Decision("GET /auth", 200, 500.0), "unknown"),
        (Decision("GET /auth", 200, 50.0), "origin"),
        (Decision("GET /auth", 0, 500.0), "origin"),
        (Decision("GET /auth", 401, 500.0), "origin"),
    ],
    ids=["yes", "at the start", "no answer", "no"],
)
def test_an_origin_that_its_outpost_assures_has_no_reason_to_end(
    decision: Decision, tier: str
) -> None:
    asked = replace(ANYBODY, streams=(Opened("1", "client 1", at_ms=1.0),), gate=(decision,))
    ended = replace(asked, closes=(Close("1", "the origin (origin)", 4401, "", 9.0),))

    assert blame_of(failure(asked), failure(ended, outcome="passed")).tier == tier


def test_an_origin_that_answers_otherwise_is_to_blame_whatever_its_gate_was_asked() -> None:
    refused = ("HTTP/1.1 403 ",)
    answers = exchange("instrument", answer=refused, answered=refused)
    gate = (Decision("GET /auth", 401),)
    here = Evidence(requests=(answers,), gate=gate)
    peer = failure(asked_of_gate(200), outcome="passed")

    assert blame_of(failure(here), peer).tier == "origin"


def asked_of_gate(status: int, *fields: str) -> Evidence:
    head = ("HTTP/1.1 401 ",) if status == 401 else ("HTTP/1.1 101 ",)
    gate = (Decision("GET /auth", status, fields=fields),)
    return Evidence(requests=(exchange("instrument", answer=head, answered=head),), gate=gate)


@pytest.mark.parametrize(
    ("evidence", "tier"),
    [
        (asked_of_gate(200, "Upgrade: websocket"), "proxy"),
        (asked_of_gate(204), "outpost"),
        (asked_of_gate(200), "unknown"),
    ],
)
def test_a_gate_tells_the_proxy_that_asks_from_the_outpost_that_decides(
    evidence: Evidence, tier: str
) -> None:
    assert blame_of(failure(evidence), failure(asked_of_gate(200), outcome="passed")).tier == tier


def test_the_gate_of_another_product_is_asked_otherwise_and_tells_nothing() -> None:
    peer = failure(asked_of_gate(200), proxy="caddy", outcome="passed")

    assert blame_of(failure(asked_of_gate(200, "Upgrade: websocket")), peer).tier == "unknown"


def test_an_outpost_that_was_asked_and_answered_as_ever_leaves_the_proxy_to_blame() -> None:
    word, said = "Location: /login", ("HTTP/1.1 302 ", "Location: /login")
    gate = (Decision("GET /auth", 302, answered=(word,)),)
    passed_on = exchange("instrument", received=(), answer=(), answered=said)
    turned = exchange("instrument", received=(), answer=(), answered=("HTTP/1.1 401 ", "A: b"))
    peer = failure(Evidence((turned,), gate=gate), outcome="passed")

    assert blame_of(failure(Evidence((passed_on,), gate=gate)), peer).tier == "proxy"
    assert blame_of(failure(Evidence((passed_on,), gate=gate)), replace(peer, proxy="x")).tier == (
        "unknown"
    )
