"""What Apache httpd alone shows, which is its own gate, with the real binary and a provider."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from proxy.definitions import definition
from proxy.staging import Template
from proxyproof.wire.http2 import http2_connection
from tests.proxy.ground import Ground, Grounds
from tests.proxy.staged import judged, staged
from tests.proxy.standin import unverified

HTTPD = definition("httpd")


@pytest.fixture
def ground(grounds: Grounds) -> Ground:
    return grounds("httpd")


def test_identity_is_the_word_of_the_provider(ground: Ground) -> None:
    forged = ("X-authentik-username: forged", "X-authentik-groups: forged")

    head = ground.seen("/", ground.session, *forged)

    assert head.values("x-authentik-username") == head.values("x-authentik-uid") == ["alice"]
    assert head.values("x-authentik-groups") == ["a|b"]


@pytest.mark.parametrize("field", ["x-AUTHENTIK-meta-app", "X-authentik-jwt", "X_authentik_uid"])
def test_identity_cannot_be_forged(ground: Ground, field: str) -> None:
    head = ground.seen("/", ground.session, f"{field}: forged", f"{field}: forged")

    assert "forged" not in [value for _, value in head.fields]


def test_nothing_but_the_identity_fields_tells_what_the_provider_said(ground: Ground) -> None:
    names = {name.lower() for name, _ in ground.seen("/", ground.session).fields}

    assert not [name for name in names if name.startswith("oidc")]
    assert "authorization" not in names


def test_what_a_client_says_of_earlier_hops_is_not_believed(ground: Ground) -> None:
    names = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server")

    head = ground.seen("/", ground.session, *(f"{name}: lie" for name in names))

    assert "lie" not in "".join(value for _, value in head.fields)


@pytest.mark.parametrize("piece", ["", "_chunks", "_0"])
def test_session_cookie_stays_outside(ground: Ground, piece: str) -> None:
    cookies = f"Cookie: a==1; mod_auth_openidc_session{piece}=x; b"

    assert ground.seen("/", ground.session, cookies).values("cookie") == ["a==1; b"]


def test_anonymous_page_is_led_to_the_login(ground: Ground) -> None:
    answer = ground.ask("/x?a=1", "Accept: text/html")

    assert answer.status == "302"
    assert "/authorization?response_type=code" in (answer.value("location") or "")


async def test_extended_connect_is_not_offered(ground: Ground) -> None:
    async with http2_connection("localhost", ground.proxy.port, unverified()) as connection:
        assert not connection.enable_connect_protocol


def test_httpd_without_a_module_says_which(tmp_path: Path, files: Mapping[str, str]) -> None:
    assert HTTPD.config is not None
    text = HTTPD.config.read_text().replace("/mod_auth_openidc.so", "/mod_no_such.so")
    template = Template(HTTPD.config.name, text)

    status, said = judged(staged(HTTPD, tmp_path, files, template=template))

    assert status == 1
    assert "Cannot load /usr/lib/apache2/modules/mod_no_such.so" in said
