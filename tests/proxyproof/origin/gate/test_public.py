import json

import pytest

from proxyproof.origin.gate.public import allows_page, public_url
from proxyproof.origin.head import RequestHead
from tests.proxyproof.origin.drive import refused, serving, websocket


def head(*fields: tuple[str, str], secure: bool = False) -> RequestHead:
    return RequestHead("GET", "/api/ws?x=1", "HTTP/1.1", fields, "127.0.0.1", 0.0, secure)


FORWARDED = (
    ("Host", "inner:8000"),
    ("X-Forwarded-Host", "app.example"),
    ("X-Forwarded-Proto", "https"),
)


def test_a_trusted_peer_tells_how_it_was_addressed() -> None:
    assert public_url(head(*FORWARDED), trusted=True) == "https://app.example/api/ws?x=1"


def test_nobody_else_does() -> None:
    assert public_url(head(*FORWARDED), trusted=False) == "http://inner:8000/api/ws?x=1"
    assert public_url(head(secure=True), trusted=False) == "https:///api/ws?x=1"


@pytest.mark.parametrize(
    ("page", "allowed", "expected"),
    [
        ("https://app.example", None, True),
        ("https://APP.example:443", None, True),
        ("https://app.example:8443", None, False),
        ("https://evil.example", None, False),
        ("null", None, False),
        ("https://evil.example", ("https://evil.example/",), True),
        ("https://app.example", ("https://other.example",), False),
    ],
)
def test_a_page_is_allowed_by_its_origin(
    page: str, allowed: tuple[str, ...] | None, expected: bool
) -> None:
    assert allows_page(head(*FORWARDED, ("Origin", page)), allowed, trusted=True) is expected


def test_the_default_port_of_plain_http_may_be_written_too() -> None:
    request = head(("Host", "app.example:80"), ("Origin", "http://app.example"))

    assert allows_page(request, None, trusted=False)


def test_two_origin_fields_are_no_origin() -> None:
    fields = [("Host", "a"), ("Origin", "http://a"), ("Origin", "http://a")]

    assert not allows_page(head(*fields), None, trusted=False)


async def test_a_foreign_page_is_refused_before_any_101() -> None:
    async with serving() as origin:
        response = await refused(origin, origin="https://evil.example")

        assert response.status_code == 403
        assert json.loads(response.body)["type"].endswith(":foreign-origin")


async def test_a_page_of_the_application_is_accepted() -> None:
    async with (
        serving() as origin,
        websocket(origin, origin=f"http://127.0.0.1:{origin.port}") as ws,
    ):
        assert (await ws.next())["type"] == "connected"
