import pytest

from proxyproof.client.policy import Policy, TransportName
from proxyproof.client.recovery.route import AT_ONCE, CLOSED, GO_ON, LOG_IN, Route
from proxyproof.client.recovery.rules import Meaning
from proxyproof.client.transport.ending import Cause, Ending

POLICY = Policy(
    stable_seconds=10.0,
    at_once_seconds=1.0,
    websocket_deaths=3,
    return_seconds=60.0,
    return_cap=150.0,
    random=lambda: 0.0,
)


def auto(policy: Policy = POLICY) -> Route:
    return Route(("websocket", "sse"), policy)


def pinned(transport: TransportName) -> Route:
    return Route((transport,), POLICY)


def lost(open_for: float | None, reads: int = 1, events: int = 1) -> Ending:
    return Ending(
        transport="websocket",
        cause=Cause.ABORTED,
        detail="",
        code=1006,
        open_for=open_for,
        reads=reads,
        events=events,
    )


def closed(code: int, open_for: float, reads: int = 1, events: int = 0) -> Ending:
    return Ending(
        transport="websocket",
        cause=Cause.CLOSED,
        detail="",
        code=code,
        open_for=open_for,
        reads=reads,
        events=events,
    )


def never_open(cause: Cause, transport: TransportName = "websocket") -> Ending:
    return Ending(transport=transport, cause=cause, detail="")


REFUSED = never_open(Cause.REFUSED)
SSE_REFUSED = never_open(Cause.REFUSED, "sse")
REPLACED = never_open(Cause.REPLACED, "sse")


def on_fallback(*, websocket_worked: bool = False) -> Route:
    route = auto()
    if websocket_worked:
        route.opened()
    route.ended(REFUSED, Meaning.UNSUITED, now=0.0)
    return route


def test_websocket_comes_first() -> None:
    assert auto().transport == "websocket"


@pytest.mark.parametrize("meaning", [Meaning.UNSUITED, Meaning.WITHDRAWN, Meaning.FORBIDDEN])
def test_websocket_that_will_not_do_falls_back(meaning: Meaning) -> None:
    route = auto()

    step = route.ended(REFUSED, meaning, now=0.0)

    assert (step, route.transport) == (GO_ON, "sse")


@pytest.mark.parametrize("code", [1000, 1001, 1011, 4999])
def test_websocket_closed_at_once_falls_back_although_it_greeted(code: int) -> None:
    route = auto()

    route.ended(closed(code, open_for=0.1), Meaning.TEMPORARY, now=0.0)

    assert route.transport == "sse"


@pytest.mark.parametrize("code", [1012, 1013])
def test_websocket_that_asks_to_come_back_stays(code: int) -> None:
    route = auto()

    route.ended(closed(code, open_for=0.1, reads=0), Meaning.TEMPORARY, now=0.0)

    assert route.transport == "websocket"


def test_websocket_that_never_said_anything_falls_back_however_long_it_was_open() -> None:
    route = auto()

    route.ended(lost(open_for=99.0, reads=0), Meaning.TEMPORARY, now=0.0)

    assert route.transport == "sse"


@pytest.mark.parametrize("end", [lost(open_for=0.1), closed(1001, open_for=0.1, events=1)])
def test_websocket_that_carried_an_event_may_be_lost(end: Ending) -> None:
    route = auto()

    route.ended(end, Meaning.TEMPORARY, now=0.0)

    assert route.transport == "websocket"


def test_websocket_that_dies_three_times_in_a_row_falls_back() -> None:
    route = auto()
    seen = []

    for _ in range(3):
        route.ended(lost(open_for=0.1), Meaning.TEMPORARY, now=0.0)
        seen.append(route.transport)

    assert seen == ["websocket", "websocket", "sse"]


def test_stable_websocket_breaks_the_row() -> None:
    route = auto()

    for open_for in (0.1, 0.1, 10.0, 0.1, 0.1):
        route.ended(lost(open_for), Meaning.TEMPORARY, now=0.0)

    assert route.transport == "websocket"


def test_nobody_there_says_nothing_about_websocket() -> None:
    route = auto()

    for _ in range(9):
        route.ended(never_open(Cause.UNREACHABLE), Meaning.TEMPORARY, now=0.0)

    assert route.transport == "websocket"


@pytest.mark.parametrize("route", [auto(), pinned("websocket"), pinned("sse"), on_fallback()])
def test_lost_session_ends_everything(route: Route) -> None:
    assert route.ended(REFUSED, Meaning.UNAUTHORIZED, now=0.0) == LOG_IN


@pytest.mark.parametrize("route", [pinned("websocket"), pinned("sse"), on_fallback()])
def test_forbidden_without_another_way_is_a_lost_session(route: Route) -> None:
    assert route.ended(REFUSED, Meaning.FORBIDDEN, now=0.0) == LOG_IN


@pytest.mark.parametrize("meaning", [Meaning.UNSUITED, Meaning.WITHDRAWN, Meaning.FINAL])
def test_only_transport_that_will_not_do_is_the_end(meaning: Meaning) -> None:
    assert pinned("sse").ended(SSE_REFUSED, meaning, now=0.0) == CLOSED


def test_only_transport_is_repeated_after_an_outage() -> None:
    assert pinned("sse").ended(SSE_REFUSED, Meaning.TEMPORARY, now=0.0) == GO_ON


def test_fallback_is_repeated_after_an_outage() -> None:
    route = on_fallback()

    step = route.ended(SSE_REFUSED, Meaning.TEMPORARY, now=0.0)

    assert (step, route.transport) == (GO_ON, "sse")


def test_both_refused_is_the_end() -> None:
    assert on_fallback().ended(SSE_REFUSED, Meaning.UNSUITED, now=0.0) == CLOSED


def test_refused_fallback_leads_back_to_a_websocket_that_worked() -> None:
    route = on_fallback(websocket_worked=True)

    step = route.ended(SSE_REFUSED, Meaning.UNSUITED, now=0.0)

    assert (step, route.transport, route.return_at) == (GO_ON, "websocket", None)


def test_withdrawn_fallback_leads_back_to_websocket() -> None:
    route = on_fallback()

    step = route.ended(SSE_REFUSED, Meaning.WITHDRAWN, now=0.0)

    assert (step, route.transport) == (GO_ON, "websocket")


def test_204_is_the_end_on_the_fallback_too() -> None:
    assert on_fallback().ended(SSE_REFUSED, Meaning.FINAL, now=0.0) == CLOSED


@pytest.mark.parametrize(("drawn", "latest"), [(0.0, 60.0), (0.5, 45.0), (1.0, 30.0)])
def test_return_is_spread_over_the_second_half_of_its_time(drawn: float, latest: float) -> None:
    route = auto(Policy(return_seconds=60.0, random=lambda: drawn))

    route.ended(REFUSED, Meaning.UNSUITED, now=1000.0)

    assert route.return_at == 1000.0 + latest


def test_planned_return_goes_to_websocket_at_once() -> None:
    route = on_fallback()

    step = route.ended(REPLACED, Meaning.TEMPORARY, now=60.0)

    assert (step, route.transport, route.return_at) == (AT_ONCE, "websocket", None)


def test_attempt_after_the_time_of_return_goes_to_websocket() -> None:
    route = on_fallback()
    route.before_attempt(now=59.0)
    early = route.transport

    route.before_attempt(now=60.0)

    assert (early, route.transport) == ("sse", "websocket")


def test_event_stream_has_its_turn_however_long_the_wait_before_it() -> None:
    route = on_fallback()

    route.before_attempt(now=1000.0)

    assert route.transport == "sse"


def test_vain_return_falls_back_at_once_and_doubles_the_time() -> None:
    route = on_fallback()
    returns = []

    for _ in range(3):
        route.ended(REPLACED, Meaning.TEMPORARY, now=0.0)
        route.ended(lost(open_for=0.1), Meaning.TEMPORARY, now=0.0)
        returns.append((route.transport, route.return_at))

    assert returns == [("sse", 120.0), ("sse", 150.0), ("sse", 150.0)]


def test_stable_websocket_after_a_return_forgets_the_vain_ones() -> None:
    route = on_fallback()
    route.ended(REPLACED, Meaning.TEMPORARY, now=0.0)
    route.ended(lost(open_for=10.0), Meaning.TEMPORARY, now=0.0)
    after_stable = route.transport

    route.ended(REFUSED, Meaning.UNSUITED, now=0.0)

    assert (after_stable, route.return_at) == ("websocket", 60.0)


def test_a_websocket_without_alternative_outlasts_a_bad_gateway() -> None:
    refused = Ending(transport="websocket", cause=Cause.REFUSED, detail="", status=502)

    assert pinned("websocket").ended(refused, Meaning.UNSUITED, now=0.0) == GO_ON


def test_a_websocket_without_alternative_outlasts_an_unanswered_upgrade() -> None:
    step = pinned("websocket").ended(never_open(Cause.TIMEOUT), Meaning.UNSUITED, now=0.0)

    assert step == GO_ON
