"""What the gate of every product does, with the real binary between two stand-ins."""

import pytest

from proxy.model import Feature
from tests.proxy.ground import (
    BEGUN,
    IDENTITY,
    LOGIN,
    OUTPOST,
    RENEWED,
    Ground,
    asks_outpost,
    can,
    keeps,
    of,
    pages_and_upgrades,
    products,
)
from tests.proxy.standin import UPGRADE

EVENTS = ("Accept: text/event-stream",)

BY_ITSELF = {"httpd", "traefik"}
"""They refuse a stream by themselves: nothing of what the gate says to that arrives."""
BY_ADDRESS = {"haproxy", "nginx"}
"""They ask `auth/nginx`, which leads nobody away, and make the address of the login themselves."""
UNAVAILABLE = {"nginx": "500"}
"""The status for a gate that fails, where it is not 503 (nginx, ngx_http_auth_request_module)."""
REDIRECTS_ARE_ALIKE = {"traefik"}
"""Its errors middleware cannot tell the redirect of the origin from one of the gate."""

streams = pytest.mark.parametrize("fields", [UPGRADE, EVENTS], ids=["ws", "sse"])


@of(products(asks_outpost))
def test_identity_is_the_word_of_the_outpost(ground: Ground) -> None:
    forged = (f"{name}: forged" for name in (*IDENTITY, *map(str.lower, IDENTITY)))

    head = ground.seen("/", ground.session, *forged)

    assert {name: head.values(name) for name in IDENTITY} == {name: ["true"] for name in IDENTITY}


@of(products(asks_outpost))
@pytest.mark.parametrize("spelled", [str, str.upper, lambda name: name.replace("-", "_")])
def test_identity_of_nobody_cannot_be_forged(ground: Ground, spelled: type[str]) -> None:
    forged = (f"{spelled(name)}: forged" for name in IDENTITY for _ in range(2))

    head = ground.seen("/", "Cookie: s=nameless", *forged)

    assert "forged" not in [value for _, value in head.fields]


@of(products(asks_outpost))
def test_question_is_not_the_clients_handshake(ground: Ground) -> None:
    question = ground.question("/api/ws?x=1", ground.session, *UPGRADE)

    assert question.target.startswith(f"{OUTPOST}auth/")
    assert ground.session.endswith(question.value("cookie") or "nothing")
    assert question.value("upgrade") is None
    assert question.value("content-length") in (None, "0")


@of(products(asks_outpost))
def test_question_cannot_be_asked_by_a_client(ground: Ground) -> None:
    target = ground.question("/", ground.session).target.partition("?")[0]

    assert ground.ask(target, ground.session).status == "404"


@of(keeps("set_cookie_of_the_outpost_arrives_on_101_too"))
def test_cookie_of_the_outpost_arrives_with_the_handshake(ground: Ground) -> None:
    assert ground.ask("/", ground.session, *UPGRADE).values("set-cookie") == [RENEWED]


@of(products(asks_outpost))
def test_cookies_of_origin_and_outpost_arrive_each_in_a_field(ground: Ground) -> None:
    cookies = ground.ask("/", ground.session).values("set-cookie")

    assert sorted(cookies) == ["a=1", RENEWED, "b=2"]
    assert cookies.index("a=1") < cookies.index("b=2")


@of(can(Feature.GATE))
@streams
def test_anonymous_stream_is_refused_without_a_place_to_go(
    ground: Ground, fields: tuple[str, ...]
) -> None:
    answer = ground.ask("/api/events", *fields)

    assert (answer.status, answer.value("location")) == ("401", None)
    assert answer.values("set-cookie") == ([] if ground.proxy.name in BY_ITSELF else [BEGUN])


@of([name for name in products(asks_outpost) if name not in BY_ADDRESS])
def test_anonymous_page_is_led_to_the_login_as_the_outpost_says(ground: Ground) -> None:
    answer = ground.ask("/", "Accept: text/html")

    assert (answer.status, answer.value("location")) == ("302", LOGIN)
    assert answer.values("set-cookie") == [BEGUN]


@of(products(asks_outpost))
@pages_and_upgrades
def test_gate_that_fails_lets_nobody_in(ground: Ground, fields: tuple[str, ...]) -> None:
    answer = ground.ask("/", "Cookie: s=broken", *fields)

    assert answer.status == UNAVAILABLE.get(ground.proxy.name, "503")


@of(can(Feature.GATE))
def test_refusal_of_the_origin_is_not_taken_for_one_of_the_gate(ground: Ground) -> None:
    answer = ground.ask("/refused", ground.session, *EVENTS)

    assert (answer.status, answer.value("x-from")) == ("401", "origin")
    assert answer.value("location") is None


@of([name for name in can(Feature.GATE) if name not in REDIRECTS_ARE_ALIKE])
def test_redirect_of_the_origin_is_not_taken_for_one_of_the_gate(ground: Ground) -> None:
    answer = ground.ask("/moved", ground.session, *EVENTS)

    assert (answer.status, answer.value("x-from")) == ("302", "origin")
    assert answer.value("location") == "/elsewhere"


@of(products(asks_outpost))
def test_large_identity_passes(ground: Ground) -> None:
    head = ground.seen("/", "Cookie: s=many")

    assert len(head.value("x-authentik-groups") or "") > 20_000
