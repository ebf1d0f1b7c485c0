import pytest

from proxyproof.doctor.answers import Answer
from proxyproof.doctor.findings import Guess
from proxyproof.doctor.fingerprints import SIGNS, guesses

START = "/outpost.goauthentik.io/start?rd=https%3A%2F%2Fa.example"


@pytest.mark.parametrize(
    ("field", "value", "product"),
    [
        ("Location", START, "Authentik"),
        ("Location", "/oauth2/start?rd=%2F", "oauth2-proxy"),
        ("Location", "https://auth.example/?rd=https://a", "Authelia"),
        ("Location", "/.pomerium/sign_in?x=1", "Pomerium"),
        ("Location", "https://t.example/cdn-cgi/access/login/a", "Cloudflare"),
        ("Set-Cookie", "mod_auth_openidc_state_1=x", "mod_auth_openidc"),
        ("Set-Cookie", "AWSELBAuthSessionCookie-0=x", "AWS ALB"),
        ("Server", "nginx/1.31.3", "nginx"),
        ("server", "istio-envoy", "Envoy"),
        ("Via", "1.1 Caddy", "Caddy"),
    ],
)
def test_a_sign_names_its_product_and_no_other(field: str, value: str, product: str) -> None:
    assert [one.product for one in guesses([Answer(302, ((field, value),))])] == [product]


@pytest.mark.parametrize(
    ("body", "product"),
    [
        (b"<hr><center>nginx</center>", "nginx"),
        (b"404 page not found\n", "Traefik, or another program in Go"),
    ],
)
def test_an_error_page_names_its_product(body: bytes, product: str) -> None:
    assert guesses([Answer(404, (), body)]) == [Guess(product, ("style of its error page",))]


def test_a_guess_is_stronger_by_two_signs() -> None:
    answers = [Answer(200, (("Server", "nginx"),)), Answer(404, (), b"<center>nginx</center>")]

    assert [one.strength for one in guesses(answers)] == ["likely"]
    assert [one.strength for one in guesses(answers[:1])] == ["possibly"]


def test_a_guess_shows_no_secret() -> None:
    fields = (("Location", f"{START}&state=secret"), ("Set-Cookie", "authentik_proxy_ab=secret"))

    assert "secret" not in str(guesses([Answer(302, fields)]))
    assert "secret" not in str(
        guesses([Answer(302, (("Location", "https://a/?state=secret&rd=b"),))])
    )


def test_every_product_of_the_table_can_be_found() -> None:
    assert len({sign.product for sign in SIGNS}) >= 12
