"""What nginx alone shows, with the real binary between two stand-ins."""

import pytest

from tests.proxy.ground import Ground, Grounds
from tests.proxy.standin import UPGRADE


@pytest.fixture
def ground(grounds: Grounds) -> Ground:
    return grounds("nginx")


def test_plain_request_keeps_the_connection_to_the_origin_alive(ground: Ground) -> None:
    head = ground.seen("/", ground.session)

    assert head.line == "GET / HTTP/1.1"
    assert head.value("connection") is None


def test_question_names_the_page_as_the_client_cannot(ground: Ground) -> None:
    fields = ("X-Original-URI: /allowed", *UPGRADE)

    question = ground.question("/api/ws?x=1", ground.session, *fields)

    assert question.line == "GET /outpost.goauthentik.io/auth/nginx HTTP/1.1"
    assert question.values("x-original-url") == [f"https://{ground.public}/api/ws?x=1"]
    assert question.value("x-original-uri") is question.value("connection") is None


def test_question_has_no_body(ground: Ground) -> None:
    fields = (ground.session, "Content-Length: 0")

    question = ground.question("/api/loops", *fields, method="POST")

    assert question.line.startswith("GET ")
    assert question.value("content-length") is None


def test_refusal_of_a_stream_is_plain_text(ground: Ground) -> None:
    assert ground.ask("/api/ws", *UPGRADE).value("content-type") == "text/plain"


@pytest.mark.parametrize(
    ("target", "return_to"),
    [("/x?a=1", "/x?a=1"), ("/x?a=1&b=2", "/x?a=1%26b=2"), ("/?&&&&", "/?%26%26%26%26")],
)
def test_anonymous_page_is_led_to_the_login_and_back(
    ground: Ground, target: str, return_to: str
) -> None:
    answer = ground.ask(target, "Accept: text/html")

    public = f"https://{ground.public}"
    assert answer.value("location") == f"/outpost.goauthentik.io/start?rd={public}{return_to}"
