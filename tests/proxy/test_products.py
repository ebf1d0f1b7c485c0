"""What the good configuration of every product does, with the real binary between two stand-ins.

A new definition is judged here as soon as it is there, and its gate in `test_products_gate.py`.
What one product alone shows is in the file of its name.
"""

import contextlib
import time
from collections.abc import Mapping

import httpx
import pytest

from proxy.model import Feature, ProxyDefinition
from tests.proxy.ground import Ground, Grounds, can, keeps, of, pages_and_upgrades, products
from tests.proxy.standin import DEADLINE, UPGRADE, Head, read_until, unverified

LIES = ("X-Forwarded-Host: evil", "X-Forwarded-Proto: ws", "X-Forwarded-For: 9.9.9.9")
PATH = "/x//y/%2e%2e/z%2Fw?a=1;b=2&c=%2F%20+%C3%A9"

NOT_READ_AGAIN = {"envoy"}
"""Envoy watches its listeners alone: where the origin is, it has read once."""
REFUSES_OFFERS = {"envoy"}
"""It answers 403 to the offer of a protocol that it does not know, and asks nobody."""
SAYS_NO_HOST = {"h2o"}
"""It sets no X-Forwarded-Host: the Host field arrives as it was sent."""
UNANSWERED: Mapping[str, tuple[type[Exception], ...]] = {"caddy": (EOFError,)}
"""What may become of a request in the moment of a reload: Go's server, while it ends, closes a
connection whose first request it has just read (golang/go#75591, open)."""


def takes_offers(definition: ProxyDefinition) -> bool:
    return definition.name not in REFUSES_OFFERS


def seen_over_http_2(ground: Ground, field: str) -> Head:
    """Send a request over HTTP/2 that passes, and return the head that the origin saw."""
    before = len(ground.origin.heads)
    with httpx.Client(http2=True, verify=unverified(), trust_env=False) as client:
        answer = client.get(ground.proxy.url, headers=dict([field.split(": ", 1)]))
    assert (answer.http_version, answer.status_code) == ("HTTP/2", 200)
    assert len(ground.origin.heads) == before + 1
    return ground.origin.heads[-1]


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


@of(keeps("outpost_cookie_stays_outside"))
def test_large_cookies_pass(ground: Ground) -> None:
    cookies = "; ".join(f"c{number}={'x' * 1000}" for number in range(12))

    head = ground.seen("/", f"Cookie: {cookies}; authentik_proxy_0123abcd=good")

    assert head.value("cookie") == cookies


@of(can(Feature.H2_DOWNSTREAM))
def test_http_2_is_spoken_over_tls(ground: Ground) -> None:
    head = seen_over_http_2(ground, ground.session)

    assert head.line.startswith("GET / ")


@of([name for name in keeps("outpost_cookie_stays_outside") if name in can(Feature.H2_DOWNSTREAM)])
def test_session_cookie_stays_outside_over_http_2(ground: Ground) -> None:
    head = seen_over_http_2(ground, "Cookie: authentik_proxy_1=good; a=1")

    assert head.value("cookie") == "a=1"


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
