"""What Caddy alone shows, with the real binary between two stand-ins."""

import pytest

from tests.proxy.ground import Ground, Grounds
from tests.proxy.standin import UPGRADE

LIES = (
    "X-Forwarded-Host: evil",
    "X-Forwarded-Proto: ws",
    "X-Forwarded-For: 9.9.9.9",
    "X-Forwarded-Uri: /public",
)


@pytest.fixture
def ground(grounds: Grounds) -> Ground:
    return grounds("caddy")


def test_question_names_the_page_as_the_client_cannot(ground: Ground) -> None:
    question = ground.question("/api/ws?x=1", ground.session, *LIES, *UPGRADE)

    assert question.values("x-forwarded-uri") == ["/api/ws?x=1"]
    assert question.values("x-forwarded-host") == [ground.public]
    assert question.values("x-forwarded-proto") == ["https"]
    assert question.values("x-forwarded-for") == ["127.0.0.1"]
    assert question.value("connection") is None
