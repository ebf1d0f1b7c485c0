import pytest

from proxyproof.wire.pseudonyms import Pseudonyms

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Cookie: authentik_proxy_1a2b3c4d=abc", "Cookie: authentik_proxy_1a2b3c4d=session#1"),
        ("cookie: a=1; b=x=y", "cookie: a=cookie#1; b=cookie#2"),
        (
            "Set-Cookie: authentik_proxy_1a2b3c4d=abc; Path=/; HttpOnly",
            "Set-Cookie: authentik_proxy_1a2b3c4d=session#1; Path=/; HttpOnly",
        ),
        ("Set-Cookie: gone=; Max-Age=0", "Set-Cookie: gone=; Max-Age=0"),
        ("Authorization: Bearer opaque", "Authorization: Bearer credentials#1"),
        ("authorization: Basic YTpi", "authorization: Basic credentials#1"),
        ("Authorization: opaque", "Authorization: credentials#1"),
        ("X-authentik-jwt: " + JWT, "X-authentik-jwt: token#1"),
        ("GET /callback?code=abc&state=def", "GET /callback?code=code#1&state=state#1"),
        ("Location: https://idp/a?x=1&state=s.t#f", "Location: https://idp/a?x=1&state=state#1#f"),
        ("/start?rd=%2Fb%3Fstate%3Dabc%26x%3D1", "/start?rd=%2Fb%3Fstate%3Dstate#1%26x%3D1"),
        (
            '{"access_token": "opaque", "expires_in": 3}',
            '{"access_token": "token#1", "expires_in": 3}',
        ),
        ("GET /api/ws?loopId=a&decode=1 HTTP/1.1", "GET /api/ws?loopId=a&decode=1 HTTP/1.1"),
    ],
)
def test_secret_values_get_names(text: str, masked: str) -> None:
    assert Pseudonyms().mask(text) == masked


def test_same_value_has_the_same_name_everywhere() -> None:
    pseudonyms = Pseudonyms()
    set_cookie = pseudonyms.mask("Set-Cookie: session=0123456789; Path=/")
    cookie = pseudonyms.mask("Cookie: session=0123456789; other=abcdefghij")
    output = pseudonyms.mask("[info] client sent cookie 0123456789")

    assert set_cookie == "Set-Cookie: session=session#1; Path=/"
    assert cookie == "Cookie: session=session#1; other=cookie#1"
    assert output == "[info] client sent cookie session#1"


def test_short_values_are_replaced_only_where_they_stand() -> None:
    pseudonyms = Pseudonyms()
    pseudonyms.mask("Cookie: theme=a")

    assert pseudonyms.mask("a cat") == "a cat"


def test_masking_twice_changes_nothing() -> None:
    pseudonyms = Pseudonyms()
    once = pseudonyms.mask(f"Cookie: session=0123456789\r\nAuthorization: Bearer {JWT}")

    assert pseudonyms.mask(once) == once


def test_lines_are_masked_one_by_one() -> None:
    assert Pseudonyms().mask_lines(["GET / HTTP/1.1", "Cookie: a=1"]) == [
        "GET / HTTP/1.1",
        "Cookie: a=cookie#1",
    ]
