import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxyproof.wire.head import RequestHead, ResponseHead

TOKEN = st.text("abcXYZ019-_!#", min_size=1, max_size=12)
LATIN = st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f\x85\xa0")
VALUE = st.text(LATIN | st.just(" "), max_size=20).map(str.strip)
FIELDS = st.lists(st.tuples(TOKEN, VALUE), max_size=6).map(tuple)

RAW = (
    b"GET /api/ws?loopId=a%2Fb;c HTTP/1.1\r\n"
    b"Host: localhost:8443\r\n"
    b"cookie: a=1\r\n"
    b"CONNECTION: keep-alive,  Upgrade \r\n"
    b'Cookie: b=x=y; c="z"\r\n'
    b"X-Name: caf\xe9\r\n"
    b"\r\n"
)


@settings(deadline=None)
@given(TOKEN, st.text(LATIN, min_size=1, max_size=30), FIELDS)
def test_request_head_is_kept_byte_for_byte(
    method: str, target: str, fields: tuple[tuple[str, str], ...]
) -> None:
    head = RequestHead(method, target, "HTTP/1.1", fields)

    assert RequestHead.parse(head.encode()) == head


@settings(deadline=None)
@given(st.integers(100, 999), VALUE, FIELDS)
def test_response_head_is_kept_byte_for_byte(
    status: int, reason: str, fields: tuple[tuple[str, str], ...]
) -> None:
    head = ResponseHead(status, reason, "HTTP/1.1", fields)

    assert ResponseHead.parse(head.encode()) == head


def test_request_head_has_its_parts() -> None:
    head = RequestHead.parse(RAW)

    assert (head.method, head.version) == ("GET", "HTTP/1.1")
    assert (head.path, head.query) == ("/api/ws", "loopId=a%2Fb;c")


def test_order_case_and_duplicates_are_evidence() -> None:
    assert RequestHead.parse(RAW).lines() == [
        "GET /api/ws?loopId=a%2Fb;c HTTP/1.1",
        "Host: localhost:8443",
        "cookie: a=1",
        "CONNECTION: keep-alive,  Upgrade",
        'Cookie: b=x=y; c="z"',
        "X-Name: café",
    ]


def test_names_are_looked_up_in_any_case() -> None:
    head = RequestHead.parse(RAW)

    assert head.get_all("COOKIE") == ["a=1", 'b=x=y; c="z"']
    assert head.get("host") == "localhost:8443"
    assert head.get("Origin") is None
    assert "connection" in head
    assert "Origin" not in head


def test_tokens_of_a_list_are_told_apart() -> None:
    head = ResponseHead(101, fields=(("Connection", "keep-alive,"), ("connection", " Upgrade")))

    assert head.tokens("Connection") == ["keep-alive", "upgrade"]
    assert head.tokens("Upgrade") == []


def test_cookies_keep_their_bytes() -> None:
    assert RequestHead.parse(RAW).cookies() == [("a", "1"), ("b", "x=y"), ("c", '"z"')]


def test_no_cookie_field_is_no_cookie() -> None:
    assert RequestHead("GET", "/").cookies() == []


def test_response_without_a_reason_is_read() -> None:
    head = ResponseHead.parse(b"HTTP/1.1 101\r\n\r\n")

    assert (head.status, head.reason) == (101, "")


@pytest.mark.parametrize("raw", [b"GET /\r\n\r\n", b"GET / a HTTP/1.1\r\n\r\n", b"\x16\x03\x01"])
def test_what_is_no_request_is_told(raw: bytes) -> None:
    with pytest.raises(ValueError, match="expected `method target version`"):
        RequestHead.parse(raw)


@pytest.mark.parametrize("raw", [b"HTTP/1.1 OK\r\n\r\n", b"200 OK HTTP\r\n\r\n", b"\x81\x02hi"])
def test_what_is_no_response_is_told(raw: bytes) -> None:
    with pytest.raises(ValueError, match="expected `version status reason`"):
        ResponseHead.parse(raw)


def test_field_line_without_a_colon_is_told() -> None:
    with pytest.raises(ValueError, match="expected `name: value`, got 'nonsense'"):
        RequestHead.parse(b"GET / HTTP/1.1\r\nnonsense\r\n\r\n")
