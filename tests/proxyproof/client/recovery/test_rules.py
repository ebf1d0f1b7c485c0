import pytest

from proxyproof.client.policy import TransportName
from proxyproof.client.recovery.rules import Meaning, judge
from proxyproof.client.transport.ending import Cause, Ending

URL = "https://app.example/api/events"
BOTH: tuple[TransportName, ...] = ("websocket", "sse")


def refused(
    transport: TransportName, status: int, content_type: str = "", location: str = ""
) -> Ending:
    return Ending(
        transport=transport,
        cause=Cause.REFUSED,
        detail="",
        status=status,
        content_type=content_type,
        location=location,
        url=URL,
    )


def ended(transport: TransportName, cause: Cause, code: int | None = None) -> Ending:
    return Ending(transport=transport, cause=cause, detail="", code=code)


@pytest.mark.parametrize("transport", BOTH)
@pytest.mark.parametrize("status", [408, 425, 429, 500, 503, 504])
def test_outage_is_temporary(transport: TransportName, status: int) -> None:
    assert judge(refused(transport, status)) is Meaning.TEMPORARY


@pytest.mark.parametrize("transport", BOTH)
def test_401_asks_for_a_login(transport: TransportName) -> None:
    assert judge(refused(transport, 401)) is Meaning.UNAUTHORIZED


@pytest.mark.parametrize("transport", BOTH)
def test_403_forbids(transport: TransportName) -> None:
    assert judge(refused(transport, 403)) is Meaning.FORBIDDEN


@pytest.mark.parametrize("transport", BOTH)
@pytest.mark.parametrize(
    "location",
    [
        "https://login.example/authorize?client_id=1",
        "https://app.example/outpost.goauthentik.io/start?rd=x",
    ],
)
def test_redirect_to_another_place_asks_for_a_login(
    transport: TransportName, location: str
) -> None:
    assert judge(refused(transport, 302, location=location)) is Meaning.UNAUTHORIZED


@pytest.mark.parametrize("location", ["https://app.example/api/events/", ""])
def test_redirect_that_corrects_the_url_is_no_login(location: str) -> None:
    assert judge(refused("sse", 308, location=location)) is Meaning.UNSUITED


@pytest.mark.parametrize("transport", BOTH)
def test_page_in_the_place_of_a_stream_forbids(transport: TransportName) -> None:
    assert judge(refused(transport, 200, "text/html")) is Meaning.FORBIDDEN


def test_other_body_in_the_place_of_a_stream_is_unsuited() -> None:
    assert judge(refused("sse", 200, "application/json")) is Meaning.UNSUITED


def test_204_ends_an_event_stream() -> None:
    assert judge(refused("sse", 204)) is Meaning.FINAL


@pytest.mark.parametrize("status", [200, 204, 400, 404, 405, 426, 501, 502])
def test_upgrade_that_is_not_passed_on_is_unsuited(status: int) -> None:
    assert judge(refused("websocket", status)) is Meaning.UNSUITED


@pytest.mark.parametrize("status", [400, 405, 406, 422])
def test_event_stream_refused_for_what_was_asked_is_unsuited(status: int) -> None:
    assert judge(refused("sse", status)) is Meaning.UNSUITED


@pytest.mark.parametrize("status", [501, 502])
def test_gateway_error_to_an_event_stream_is_an_outage(status: int) -> None:
    assert judge(refused("sse", status)) is Meaning.TEMPORARY


def test_404_in_the_words_of_the_application_is_about_the_stream() -> None:
    assert judge(refused("sse", 404, "application/problem+json")) is Meaning.UNSUITED


def test_404_of_a_router_is_temporary() -> None:
    assert judge(refused("sse", 404, "text/plain")) is Meaning.TEMPORARY


@pytest.mark.parametrize("transport", BOTH)
def test_410_withdraws(transport: TransportName) -> None:
    assert judge(refused(transport, 410)) is Meaning.WITHDRAWN


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (4401, Meaning.UNAUTHORIZED),
        (4410, Meaning.WITHDRAWN),
        (1008, Meaning.UNSUITED),
        (1000, Meaning.TEMPORARY),
        (1001, Meaning.TEMPORARY),
        (1012, Meaning.TEMPORARY),
        (1013, Meaning.TEMPORARY),
        (4999, Meaning.TEMPORARY),
    ],
)
def test_close_code_means(code: int, meaning: Meaning) -> None:
    assert judge(ended("websocket", Cause.CLOSED, code)) is meaning


@pytest.mark.parametrize("cause", [Cause.ABORTED, Cause.SILENT, Cause.UNREACHABLE, Cause.BROKEN])
@pytest.mark.parametrize("transport", BOTH)
def test_loss_is_temporary(transport: TransportName, cause: Cause) -> None:
    assert judge(ended(transport, cause)) is Meaning.TEMPORARY


def test_end_of_an_event_stream_is_temporary() -> None:
    assert judge(ended("sse", Cause.CLOSED)) is Meaning.TEMPORARY


def test_upgrade_without_an_answer_is_unsuited() -> None:
    assert judge(ended("websocket", Cause.TIMEOUT)) is Meaning.UNSUITED


def test_event_stream_without_an_answer_is_temporary() -> None:
    assert judge(ended("sse", Cause.TIMEOUT)) is Meaning.TEMPORARY
