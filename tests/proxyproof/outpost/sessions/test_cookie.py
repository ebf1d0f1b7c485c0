import time

import pytest

from proxyproof.outpost.profiles import GO_2025_12, RUST_2026_8, Profile
from proxyproof.outpost.sessions.cookie import SessionCookie, cookie_name, cookie_pairs
from proxyproof.outpost.sessions.store import Session
from proxyproof.outpost.transfer.message import Request

SECRET = "0123456789abcdef0123456789abcdef"


def cookie(profile: Profile = RUST_2026_8, secret: str = SECRET, **more: str) -> SessionCookie:
    return SessionCookie("client", secret, profile, secure=True, **more)


def request(*cookies: str) -> Request:
    fields = tuple((b"Cookie", value.encode()) for value in cookies)
    return Request("GET", b"/", fields, "1.1", "", "https")


def written(by: SessionCookie) -> str:
    """Return the name-value pair that a cookie writes for the session `abc`."""
    return by.write(Session("abc", time.time() + 60))[1].decode().partition(";")[0]


def test_the_name_is_derived_from_the_client_id() -> None:
    # contract section 2: first 8 hex digits of SHA-256(client_id)
    assert cookie_name("client") == "authentik_proxy_948fe603"


@pytest.mark.parametrize("profile", [RUST_2026_8, GO_2025_12], ids=lambda profile: profile.name)
def test_what_it_writes_it_reads(profile: Profile) -> None:
    ours = cookie(profile)

    assert ours.read(request(f"a=1; {written(ours)}; b=2")) == "abc"


def test_go_writes_the_bare_session_key() -> None:
    # contract section 2
    assert written(cookie(GO_2025_12)) == "authentik_proxy_948fe603=abc"


def test_a_signature_by_another_secret_is_not_believed() -> None:
    foreign = cookie(secret=SECRET[::-1])

    assert cookie().read(request(written(foreign))) is None


@pytest.mark.parametrize("value", ["", "abc", "abc.", "abc.é", ".", "abc.AAAA"])
def test_a_malformed_value_is_not_believed(value: str) -> None:
    assert cookie().read(request(f"authentik_proxy_948fe603={value}")) is None


def test_of_several_cookies_of_the_name_the_genuine_one_counts() -> None:
    forged = "authentik_proxy_948fe603=x.y"

    assert cookie().read(request(forged, written(cookie()))) == "abc"


def test_the_attributes_are_those_of_the_contract() -> None:
    # contract section 2; Go also sends Expires
    _, value = cookie(GO_2025_12, domain="app.test").write(Session("abc", time.time() + 60.9))
    parts = value.decode().split("; ")

    assert parts[1:3] == ["Path=/", "Max-Age=60"]
    assert parts[3].startswith("Expires=")
    assert parts[4:] == ["Domain=app.test", "HttpOnly", "Secure", "SameSite=Lax"]


def test_a_plain_http_application_gets_no_secure_cookie() -> None:
    plain = SessionCookie("client", SECRET, RUST_2026_8, secure=False)

    assert b"Secure" not in plain.clear()[1]


def test_pairs_are_split_as_they_are_written() -> None:
    sent = request('a=1; b="x=y"', "c")

    assert list(cookie_pairs(sent.fields)) == [("a", "1"), ("b", '"x=y"'), ("c", "")]
