"""What Traefik alone shows, with the real binary between two stand-ins."""

import pytest

from tests.proxy.ground import Ground, Grounds
from tests.proxy.standin import UPGRADE

EVENTS = "Accept: text/event-stream"
LIES = ("X-Forwarded-Host: evil", "X-Forwarded-Proto: ws", "X-Forwarded-Uri: /allowed")


@pytest.fixture
def ground(grounds: Grounds) -> Ground:
    return grounds("traefik")


@pytest.mark.parametrize("protocol", ["h2c", "websocket, h2c", "h2c\r\nUpgrade: websocket"])
@pytest.mark.parametrize("accept", ["Accept: text/html", EVENTS])
def test_no_other_protocol_is_upgraded_by_any_router(
    ground: Ground, protocol: str, accept: str
) -> None:
    fields = (f"Upgrade: {protocol}", "Connection: Upgrade", accept)

    head = ground.seen("/", ground.session, *fields)

    assert head.values("upgrade") in ([], ["websocket"])


def test_path_keeps_slashes_and_dots_and_encodings(ground: Ground) -> None:
    target = "/x//y/../z%2Fw?a=1&c=%2F%20+%C3%A9"

    assert ground.seen(target, ground.session).target == target


def test_question_tells_the_outpost_what_is_asked(ground: Ground) -> None:
    question = ground.question("/api/ws?x=1", ground.session, *LIES, *UPGRADE)

    assert question.line == "GET /outpost.goauthentik.io/auth/traefik HTTP/1.1"
    assert question.values("x-forwarded-host") == [ground.public]
    assert question.values("x-forwarded-proto") == ["https"]
    assert question.values("x-forwarded-uri") == ["/api/ws?x=1"]


def test_redirect_of_the_origin_arrives_at_a_page_and_is_a_refusal_to_a_stream(
    ground: Ground,
) -> None:
    page, stream = (ground.ask("/moved", ground.session, *fields) for fields in ((), (EVENTS,)))

    assert (page.status, page.value("location")) == ("302", "/elsewhere")
    assert (stream.status, stream.value("location")) == ("401", None)
