from dataclasses import replace

import pytest

from reports.attribution import is_blamed
from reports.evidence import Decision, Delivery, Evidence, Mark, Opened, Published
from reports.model import Blame, Verdict
from tests.reports.recorded import blame_of, exchange, failure, on_direct

PASSED_ON_DIRECT = on_direct(outcome="passed")
INSTRUMENT = Evidence(requests=(exchange("instrument"),))
LOST = Evidence(
    requests=(exchange(),), events=(Delivery("1", "e-1", "", 1.0), Delivery("1", "e-2", "", 2, 3))
)


def test_what_passes_without_a_proxy_is_owed_to_the_proxy() -> None:
    blame = blame_of(failure(LOST), PASSED_ON_DIRECT)

    assert blame.tier == "proxy"
    assert blame.proof == ("origin sent e-1 at 1.0 ms", "client never had it")


def test_the_outposts_own_proxy_mode_is_the_outpost() -> None:
    assert blame_of(failure(path=("outpost",)), PASSED_ON_DIRECT).tier == "outpost"


def test_a_proxy_is_not_blamed_for_sure_where_the_outpost_failed_too() -> None:
    broke = Evidence(
        requests=(exchange(),), gate=(Decision("GET /auth", 200), Decision("GET /auth", 500))
    )
    blame = blame_of(failure(broke), PASSED_ON_DIRECT)

    assert (blame.tier, blame.proof) == ("unknown", ("the outpost answered 500 to GET /auth",))


def test_an_outpost_that_refused_as_it_should_leaves_the_proxy_to_blame() -> None:
    refused = Evidence(requests=(exchange(),), gate=(Decision("GET /auth", 401),))

    assert blame_of(failure(refused), PASSED_ON_DIRECT).tier == "proxy"


def test_what_fails_without_a_proxy_too_is_never_blamed_on_the_proxy() -> None:
    assert blame_of(failure(LOST), on_direct()).tier == "unknown"


def test_a_failure_without_any_request_names_nobody() -> None:
    assert blame_of(on_direct(Evidence(notes=("x",)))).tier == "unknown"


def test_what_was_declared_inconclusive_blames_nobody() -> None:
    busy = replace(failure(), verdict=Verdict.BLOCKED, declared={"blocked": "too busy"})

    assert blame_of(busy, PASSED_ON_DIRECT) == Blame()


def test_a_control_with_a_fault_is_no_control() -> None:
    faulty = on_direct(outcome="passed", fault="reorders", part="origin")

    assert blame_of(failure(), faulty).why.startswith("the sides agree")


def test_without_a_control_two_sides_that_differ_blame_what_is_between() -> None:
    changed = Evidence(requests=(exchange(answered=("HTTP/1.1 502 ",)),))

    assert blame_of(failure(changed)).tier == "proxy"


@pytest.mark.parametrize(
    ("view", "tier"),
    [("sent", "unknown"), ("received", "proxy"), ("answer", "origin"), ("answered", "proxy")],
)
def test_two_sides_that_agree_blame_the_first_to_differ_from_where_it_passes(
    view: str, tier: str
) -> None:
    other = ("GET /api/ws HTTP/1.1", "X-Other: 1")
    good = failure(proxy="caddy", outcome="passed")
    peer = replace(good, evidence=Evidence(requests=(exchange("client 1", **{view: other}),)))
    blame = blame_of(failure(), peer)

    assert blame.tier == tier
    assert "otherwise than behind caddy, where it passes" in blame.why
    assert "x-other: *" in blame.proof[1]


def test_a_case_of_which_nothing_differs_from_where_it_passes_stays_unknown() -> None:
    assert blame_of(failure(), failure(proxy="caddy", outcome="passed")).tier == "unknown"


def test_what_instruments_see_without_a_proxy_is_the_origins() -> None:
    assert blame_of(on_direct(INSTRUMENT)).tier == "origin"


def test_a_client_that_drops_what_came_is_to_blame() -> None:
    kept_back = Evidence(
        requests=(exchange(),),
        events=(
            Delivery("1", "e-1", "", 1.0, None, "sse", "client 1", 1.5),
            Delivery("1", "e-2", "", 2.0, 3.0, "sse", "client 1", 2.5),
        ),
    )
    blame = blame_of(on_direct(kept_back, watches="client, origin"))

    assert (blame.tier, blame.proof[0]) == ("client", "e-1 came at 1.5 ms")


def test_an_origin_whose_events_overtake_each_other_on_the_wire_is_to_blame() -> None:
    crossed = Evidence(
        requests=(exchange(),),
        streams=(Opened("1", "client 1"),),
        events=(
            Delivery("1", "e-2", "", 1.0, 2.0, "sse", "client 1", 1.5),
            Delivery("1", "e-1", "", 1.0, 3.0, "sse", "client 1", 2.5),
        ),
    )

    assert blame_of(on_direct(crossed)).tier == "origin"


def test_a_recording_that_speaks_against_both_names_nobody() -> None:
    both = Evidence(
        requests=(exchange(answer=("HTTP/1.1 101 ", "Sec-WebSocket-Protocol: x")),),
        streams=(
            Opened("1", "client 1", "", "a", None, at_ms=1),
            Opened("2", "client 1", "", None, None, at_ms=2),
        ),
    )

    assert blame_of(on_direct(both)).tier == "unknown"


def test_what_the_client_alone_is_watched_for_is_its_own_if_nothing_speaks_against_the_origin() -> (
    None
):
    assert blame_of(on_direct()).tier == "client"


def of_a_page(*events: Delivery) -> Evidence:
    """Of what a page asks, the origin's side alone is known."""
    return Evidence(
        requests=(exchange("", sent=()),),
        streams=(Opened("1", "client 1"),),
        published=(Published("e-1"),),
        events=events,
    )


def test_a_page_that_was_sent_nothing_is_not_blamed_for_having_nothing() -> None:
    assert blame_of(on_direct(of_a_page())).tier == "unknown"
    assert blame_of(on_direct(of_a_page(Delivery("1", "e-1", sent_ms=1.0)))).tier == "client"


def test_a_proxy_is_not_blamed_for_what_a_page_may_have_asked() -> None:
    other = ("GET /api/ws HTTP/1.1", "X-Other: 1")
    seen = Evidence(requests=(exchange("", sent=(), received=other),))
    unseen = Evidence(requests=(exchange("", sent=()),))
    peer = failure(unseen, proxy="caddy", outcome="passed")

    assert blame_of(failure(seen), peer).tier == "proxy"
    assert blame_of(failure(seen, watches="client"), peer).tier == "unknown"


def test_client_and_origin_cannot_be_told_apart_without_a_sign() -> None:
    assert blame_of(on_direct(watches="client, origin")).tier == "unknown"


def test_a_pass_and_a_broken_harness_blame_nobody() -> None:
    passed = failure(outcome="passed")
    broken = replace(failure(outcome="broken_call"), verdict=Verdict.ERROR)

    assert not is_blamed(passed)
    assert blame_of(broken) == Blame()


def of_client(*marks: str, **sides: tuple[str, ...]) -> Evidence:
    kept = tuple(Mark(0.05, what) for what in marks)
    return Evidence(requests=(exchange("client 1", **sides),), marks=kept)


CUT = "over sse: cut off"
OTHER = ("GET /api/events HTTP/1.1",)


def test_a_client_that_gives_up_what_it_bears_elsewhere_is_to_blame() -> None:
    peer = failure(of_client(f"client waiting {CUT}"), outcome="passed")
    blame = blame_of(failure(of_client(f"client closed {CUT}")), peer)

    assert blame.tier == "client"


@pytest.mark.parametrize(
    ("mark", "tier"),
    [("client connecting over sse: start", "client"), (f"client waiting {CUT}", "unknown")],
)
def test_a_client_that_asks_otherwise_without_having_lost_anything_is_to_blame(
    mark: str, tier: str
) -> None:
    peer = failure(of_client("client connecting over sse: start"), outcome="passed")

    assert blame_of(failure(of_client(mark, sent=OTHER, received=OTHER)), peer).tier == tier


def test_what_a_client_lost_after_it_had_asked_is_no_reason_to_have_asked() -> None:
    peer = failure(of_client("client connecting over sse: start"), outcome="passed")
    asked = of_client("client connecting over sse: start", sent=OTHER, received=OTHER)
    later = replace(asked, marks=(*asked.marks, Mark(9.0, f"client waiting {CUT}")))

    assert blame_of(failure(later), peer).tier == "client"


@pytest.mark.parametrize(("by", "tier"), [("client 1", "unknown"), ("instrument", "proxy")])
def test_what_an_instrument_is_answered_has_nothing_to_do_with_the_client_beside_it(
    by: str, tier: str
) -> None:
    refused = ("HTTP/1.1 403 ",)
    evidence = Evidence(requests=(exchange(by, received=(), answer=(), answered=refused),))
    good = Evidence(requests=(exchange(by, received=(), answer=(), answered=("HTTP/1.1 502 ",)),))
    beside = Evidence(requests=(*evidence.requests, exchange()))
    peer = failure(Evidence((*good.requests, exchange())), outcome="passed")

    assert blame_of(failure(beside, watches="proxy, client"), peer).tier == tier


def test_an_origin_that_does_not_go_on_as_it_was_asked_is_to_blame_behind_a_proxy_too() -> None:
    head = ("GET /api/events HTTP/1.1", "Last-Event-ID: e-1")
    skipped = Evidence(
        requests=(exchange(sent=head, received=head),),
        events=(Delivery("1", "e-3", "", 1.0, 2.0, "sse", "client 1", 2.0),),
        published=tuple(Published(f"e-{number}", "a") for number in range(1, 4)),
        streams=(Opened("1", "client 1", "", "a", "e-1"),),
    )
    sound = replace(skipped, events=(Delivery("1", "e-2", "", 1.0, 2.0, "sse", "client 1", 2.0),))

    assert blame_of(failure(skipped), failure(sound, outcome="passed")).tier == "origin"


@pytest.mark.parametrize(("watches", "tier"), [("proxy", "proxy"), ("proxy, client", "unknown")])
def test_what_a_client_asks_once_more_is_not_what_was_changed_on_the_way(
    watches: str, tier: str
) -> None:
    again = Evidence(requests=(exchange(), exchange(sent=())))

    assert blame_of(failure(again, watches=watches), failure(outcome="passed")).tier == tier


def test_a_request_that_nobody_was_seen_to_send_says_nothing_without_a_peer() -> None:
    assert blame_of(failure(Evidence(requests=(exchange(sent=()),)))).tier == "unknown"
