"""What HAProxy alone shows, with the real binary between two stand-ins."""

import pytest

from tests.proxy.ground import BEGUN, Ground, Grounds, pages_and_upgrades
from tests.proxy.standin import UPGRADE


@pytest.fixture
def ground(grounds: Grounds) -> Ground:
    return grounds("haproxy")


def test_client_names_no_field_that_the_origin_should_drop(ground: Ground) -> None:
    head = ground.seen("/", ground.session, "Connection: X-authentik-uid, keep-alive")

    assert head.value("connection") is None
    assert head.values("x-authentik-uid") == ["true"]


def test_what_a_client_says_of_earlier_hops_is_not_believed(ground: Ground) -> None:
    names = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")

    head = ground.seen("/", ground.session, *(f"{name}: lie" for name in names))

    assert "lie" not in [value for _, value in head.fields]


def test_question_has_what_the_outpost_needs_and_nothing_of_the_handshake(ground: Ground) -> None:
    fields = ("X-Original-URI: /allowed", "Authorization: B", *UPGRADE)

    question = ground.question("/api/ws?x=1", ground.session, *fields)

    assert question.line == "HEAD /outpost.goauthentik.io/auth/nginx HTTP/1.1"
    assert question.values("x-original-url") == [f"https://{ground.public}/api/ws?x=1"]
    assert question.values("authorization") == ["B"]
    assert {"connection", "content-length", "x-original-uri"}.isdisjoint(
        name.lower() for name, _ in question.fields
    )


@pages_and_upgrades
def test_cookies_of_the_outpost_arrive_in_order(ground: Ground, fields: tuple[str, ...]) -> None:
    answer = ground.ask("/", "Cookie: s=two", *fields)

    own = [] if fields else ["a=1", "b=2"]
    assert answer.values("set-cookie") == [*own, "b=1", "a=2"]


def test_anonymous_page_is_led_to_the_login_and_back(ground: Ground) -> None:
    answer = ground.ask("/x?a=1&b=2", "Accept: text/html")

    back = f"https%3A%2F%2Flocalhost%3A{ground.proxy.port}%2Fx%3Fa%3D1%26b%3D2"
    assert answer.status == "302"
    assert answer.value("location") == f"/outpost.goauthentik.io/start?rd={back}"
    assert answer.values("set-cookie") == [BEGUN]


@pytest.mark.parametrize("answer", ["led-away", "hung-up"])
@pages_and_upgrades
def test_gate_that_gives_no_decision_lets_nobody_in(
    ground: Ground, answer: str, fields: tuple[str, ...]
) -> None:
    assert ground.ask("/", f"Cookie: s={answer}", *fields).status == "503"
