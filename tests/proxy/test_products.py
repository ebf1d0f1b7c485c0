"""What the good configuration of every product does, with the real binary between two stand-ins.

A new definition is judged here as soon as it is there. What one product alone shows is in the
file of its name.
"""

import contextlib
import ssl
import time
from collections.abc import Mapping

import httpx
import pytest

from proxy.model import Feature, ProxyDefinition
from tests.proxy.ground import BEGUN, IDENTITY, LOGIN, OUTPOST, RENEWED, Ground, Grounds, products
from tests.proxy.standin import DEADLINE, UPGRADE, read_until

EVENTS = ("Accept: text/event-stream",)
LIES = ("X-Forwarded-Host: evil", "X-Forwarded-Proto: ws", "X-Forwarded-For: 9.9.9.9")
PATH = "/x//y/%2e%2e/z%2Fw?a=1;b=2&c=%2F%20+%C3%A9"

BY_ITSELF = {"httpd", "traefik"}
"""They refuse a stream by themselves: nothing of what the gate says to that arrives."""
BY_ADDRESS = {"haproxy", "nginx"}
"""They ask `auth/nginx`, which leads nobody away, and make the address of the login themselves."""
UNAVAILABLE = {"nginx": "500"}
"""The status for a gate that fails, where it is not 503 (nginx, ngx_http_auth_request_module)."""
NOT_READ_AGAIN = {"envoy"}
"""Envoy watches its listeners alone: where the origin is, it has read once."""
REFUSES_OFFERS = {"envoy"}
"""It answers 403 to the offer of a protocol that it does not know, and asks nobody."""
SAYS_NO_HOST = {"h2o"}
"""It sets no X-Forwarded-Host: the Host field arrives as it was sent."""
REDIRECTS_ARE_ALIKE = {"traefik"}
"""Its errors middleware cannot tell the redirect of the origin from one of the gate."""
UNANSWERED: Mapping[str, tuple[type[Exception], ...]] = {"caddy": (EOFError,)}
"""What may become of a request in the moment of a reload: Go's server, while it ends, closes a
connection whose first request it has just read (golang/go#75591, open)."""


def asks_outpost(definition: ProxyDefinition) -> bool:
    return definition.gate is not None


def takes_offers(definition: ProxyDefinition) -> bool:
    return definition.name not in REFUSES_OFFERS


def can(feature: Feature) -> list[str]:
    return products(lambda definition: feature in definition.features)


def keeps(*cases: str) -> list[str]:
    """Return those that ask the outpost and have no known difference in these cases."""
    return products(
        lambda definition: (
            asks_outpost(definition)
            and not any(known.case in cases for known in definition.deviations)
        )
    )


def of(names: list[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("ground", names, indirect=True)


pages_and_upgrades = pytest.mark.parametrize("fields", [(), UPGRADE], ids=["page", "upgrade"])
streams = pytest.mark.parametrize("fields", [UPGRADE, EVENTS], ids=["ws", "sse"])


@pytest.fixture
def ground(request: pytest.FixtureRequest, grounds: Grounds) -> Ground:
    return grounds(request.param)


@of(products())
@pytest.mark.parametrize("spelling", ["websocket", "WebSocket", "WEBSOCKET"])
def test_handshake_reaches_the_origin(ground: Ground, spelling: str) -> None:
    head = ground.seen("/api/ws", ground.session, *UPGRADE[1:], f"Upgrade: {spelling}")

    assert [value.lower() for value in head.values("upgrade")] == ["websocket"]
    assert [value.lower() for value in head.values("connection")] == ["upgrade"]
    assert head.value("sec-websocket-key") is not None


@of(products())
def test_bytes_after_101_arrive(ground: Ground) -> None:
    with ground.stream() as connection:
        connection.sendall(b"again")

        assert read_until(connection, b"again") == b"again"


@of(products())
def test_h2c_is_not_upgraded(ground: Ground) -> None:
    head = ground.seen("/", ground.session, "Upgrade: h2c", "Connection: Upgrade")

    assert head.value("upgrade") is None


@of(products(takes_offers))
def test_an_unknown_protocol_is_not_upgraded(ground: Ground) -> None:
    head = ground.seen("/", ground.session, "Upgrade: foo", "Connection: Upgrade")

    assert head.value("upgrade") is None


@of(products(takes_offers))
def test_of_several_protocols_websocket_is_taken_or_none(ground: Ground) -> None:
    head, answer = ground.exchange("/", ground.session, "Upgrade: websocket, h2c", *UPGRADE[1:])

    assert (head.values("upgrade"), answer.status) in (([], "200"), (["websocket"], "101"))


@of(keeps("path_reaches_the_origin_unchanged", "query_reaches_the_origin_unchanged"))
def test_path_and_query_go_on_byte_for_byte(ground: Ground) -> None:
    assert ground.seen(PATH, ground.session).target == PATH


@of(products())
@pages_and_upgrades
def test_forwarded_fields_are_true_and_those_of_the_client_are_not_believed(
    ground: Ground, fields: tuple[str, ...]
) -> None:
    head = ground.seen("/", ground.session, *LIES, *fields)

    assert head.values("host") == [ground.public]
    said = [] if ground.proxy.name in SAYS_NO_HOST else [ground.public]
    assert head.values("x-forwarded-host") == said
    assert head.values("x-forwarded-proto") == ["https"]
    assert head.values("x-forwarded-for") == ["127.0.0.1"]


@of(keeps("outpost_cookie_stays_outside"))
@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        ('a=b=c; x="y z"', 'a=b=c; x="y z"'),
        ("authentik_proxy_0123abcd=good", None),
        ("authentik_proxy_0123abcd=good; a=1", "a=1"),
        ("a=1; authentik_proxy_0123abcd=good", "a=1"),
        ('a==1;b="2; authentik_proxy_0123abcd=good; c=3; d', 'a==1;b="2; c=3; d'),
        (
            "authentik_proxy_0=1; a=1; authentik_proxy_0123abcd=good; b; authentik_proxy_2=1",
            "a=1; b",
        ),
        ("authentik_proxy_0123abcd=good; authentik_proxy_1=b", None),
        ("authentik_proxy_0=1; authentik_proxy_0123abcd=good; authentik_proxy_1=2", None),
        ("a=1;authentik_proxy_0123abcd=good; authentik_proxy_1=b;c=3", "a=1;c=3"),
        ("not_authentik_proxy_0123abcd=good", "not_authentik_proxy_0123abcd=good"),
        ("a=authentik_proxy_0123abcd=good", "a=authentik_proxy_0123abcd=good"),
    ],
)
def test_session_cookie_stays_outside_and_the_others_as_they_are(
    ground: Ground, sent: str, arrives: str | None
) -> None:
    head = ground.seen("/", f"Cookie: {sent}", "Authorization: Bearer x")

    assert head.value("cookie") == arrives


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


@of(keeps("outpost_cookie_stays_outside"))
def test_large_cookies_pass(ground: Ground) -> None:
    cookies = "; ".join(f"c{number}={'x' * 1000}" for number in range(12))

    head = ground.seen("/", f"Cookie: {cookies}; authentik_proxy_0123abcd=good")

    assert head.value("cookie") == cookies


@of(can(Feature.H2_DOWNSTREAM))
def test_http_2_is_spoken_over_tls(ground: Ground) -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    fields = dict([ground.session.split(": ", 1)])
    with httpx.Client(http2=True, verify=context, trust_env=False) as client:
        answer = client.get(ground.proxy.url, headers=fields)

    assert (answer.http_version, answer.status_code) == ("HTTP/2", 200)


@of(keeps("outpost_cookie_stays_outside"))
def test_session_cookie_stays_outside_over_http_2(ground: Ground) -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with httpx.Client(http2=True, verify=context, trust_env=False) as client:
        client.get(ground.proxy.url, headers={"Cookie": "authentik_proxy_1=good; a=1"})

    assert ground.origin.heads[-1].value("cookie") == "a=1"


@pytest.mark.parametrize("name", products())
def test_plain_http_is_a_variant(name: str, grounds: Grounds) -> None:
    ground = grounds(name, "http")

    head = ground.seen("/api/ws", ground.session, *UPGRADE)

    assert (head.value("upgrade") or "").lower() == "websocket"
    assert head.value("x-forwarded-proto") == "http"


@of([name for name in can(Feature.RELOAD) if name not in NOT_READ_AGAIN])
def test_reload_takes_what_is_new_and_keeps_an_open_stream(ground: Ground) -> None:
    with ground.stream() as connection:
        ground.move()
        ground.proxy.reload()
        deadline = time.monotonic() + DEADLINE
        before = len(ground.origin.heads)
        while len(ground.origin.heads) == before:
            assert time.monotonic() < deadline, "the new configuration is not in force"
            with contextlib.suppress(*UNANSWERED.get(ground.proxy.name, ())):
                ground.ask("/", ground.session)
        connection.sendall(b"again")

        assert read_until(connection, b"again") == b"again"


@pytest.mark.parametrize("name", products())
def test_nothing_is_written_outside_the_run_folder(name: str, grounds: Grounds) -> None:
    assert list(grounds(name).home.iterdir()) == []
