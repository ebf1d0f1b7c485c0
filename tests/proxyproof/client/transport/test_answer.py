import pytest

from proxyproof.client.transport.answer import media_type, refusal
from proxyproof.client.transport.ending import Cause, Ending

URL = "https://app.example/api/events"
PROBLEM = {"Content-Type": "application/problem+json"}


def refused(status: int, fields: dict[str, str], body: bytes = b"") -> Ending:
    return refusal("sse", URL, status, lambda name: fields.get(name, ""), body)


def test_media_type_is_bare_and_lower_case() -> None:
    assert media_type("Text/HTML ; charset=utf-8") == "text/html"


def test_refusal_states_the_facts() -> None:
    ending = refused(503, {"Content-Type": "text/html; charset=utf-8", "Retry-After": "7"})

    assert ending == Ending(
        transport="sse",
        cause=Cause.REFUSED,
        detail="refused: 503 Service Unavailable",
        status=503,
        content_type="text/html",
        url=URL,
        retry_after=7.0,
    )


def test_redirect_is_resolved() -> None:
    ending = refused(302, {"Location": "/login?rd=x"})

    assert ending.location == "https://app.example/login?rd=x"
    assert ending.detail == "refused: 302 Found to /login?rd=x"


def test_redirect_to_nonsense_leads_nowhere() -> None:
    assert refused(302, {"Location": "http://[oops"}).location == ""


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"title":"t","detail":"no such loop"}', "refused: 404 Not Found: no such loop"),
        (b'{"title":"unknown loop"}', "refused: 404 Not Found: unknown loop"),
        (b"{}", "refused: 404 Not Found"),
        (b"[]", "refused: 404 Not Found"),
        (b"{", "refused: 404 Not Found"),
    ],
)
def test_problem_gives_its_reason(body: bytes, detail: str) -> None:
    assert refused(404, PROBLEM, body).detail == detail


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"Content-Type": "text/html"}, "refused: 200 OK with text/html instead of a stream"),
        ({}, "refused: 200 OK with no media type instead of a stream"),
    ],
)
def test_success_without_a_stream_says_what_came(fields: dict[str, str], detail: str) -> None:
    assert refused(200, fields).detail == detail


def test_unregistered_status_is_named_by_its_number() -> None:
    assert refused(599, {}).detail == "refused: 599"
