from dataclasses import replace
from pathlib import Path

import pytest

from proxy.definitions import definition, definitions
from proxy.errors import OwnConfiguration
from proxy.model import Feature, Own
from proxy.own import advice, as_own, lay_out, takes

NGINX = definition("nginx")
OWN = takes(NGINX, {})
SERVER = "server { listen 443 ssl; }\n"
WHOLE = "events {}\nhttp {\n  server { listen 443 ssl http2; }\n}\n"


def written(folder: Path, text: str, name: str = "mine.conf") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_whole_configuration_takes_the_place_of_the_main_file(tmp_path: Path) -> None:
    laid = lay_out(OWN, written(tmp_path, WHOLE), supply=True)

    assert laid.files["/etc/nginx/nginx.conf"].decode() == WHOLE
    assert laid.text == WHOLE
    assert set(laid.files) == {"/etc/nginx/nginx.conf", "/etc/nginx/mime.types"}


def test_a_server_alone_lies_where_the_official_main_file_includes_it(tmp_path: Path) -> None:
    laid = lay_out(OWN, written(tmp_path, SERVER), supply=True)

    assert laid.files["/etc/nginx/conf.d/default.conf"].decode() == SERVER
    assert b"include /etc/nginx/conf.d/*.conf;" in laid.files["/etc/nginx/nginx.conf"]


def test_an_image_of_the_users_brings_what_is_around_it(tmp_path: Path) -> None:
    laid = lay_out(OWN, written(tmp_path, SERVER), supply=False)

    assert set(laid.files) == {"/etc/nginx/conf.d/default.conf"}


def test_a_folder_is_laid_out_as_it_is(tmp_path: Path) -> None:
    written(tmp_path, WHOLE, "nginx.conf")
    written(tmp_path, "gzip off;", "snippets/plain.conf")

    laid = lay_out(OWN, tmp_path, supply=True)

    assert laid.files["/etc/nginx/snippets/plain.conf"] == b"gzip off;"


def test_a_folder_without_the_main_file_is_refused(tmp_path: Path) -> None:
    bare = Own("/etc/caddy", "Caddyfile")

    with pytest.raises(OwnConfiguration, match=r"has no Caddyfile, with which /etc/caddy begins"):
        lay_out(bare, tmp_path, supply=True)


def test_a_path_that_cannot_be_read_is_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(OwnConfiguration, match=r"nowhere cannot be read: No such file.*check"):
        lay_out(OWN, tmp_path / "nowhere", supply=True)


def test_a_product_that_takes_none_is_named_with_those_that_do() -> None:
    with pytest.raises(
        OwnConfiguration, match=r"authentik takes no .*--proxy-config takes .*nginx"
    ):
        takes(definition("authentik"), definitions())


@pytest.mark.parametrize(
    ("text", "gated", "lost"),
    [
        (WHOLE, True, {Feature.IDLE_TIMEOUT}),
        (SERVER, True, {Feature.IDLE_TIMEOUT, Feature.H2_DOWNSTREAM}),
        (
            WHOLE,
            False,
            {Feature.IDLE_TIMEOUT, Feature.GATE, Feature.SEPARATE_GATE, Feature.OUTPOST},
        ),
    ],
)
def test_features_are_those_that_the_configuration_has(
    text: str, gated: bool, lost: set[Feature]
) -> None:
    own = as_own(NGINX, text, gated=gated)

    assert NGINX.features - own.features == lost
    assert lost <= own.lacks.keys()
    assert (own.gate is None) is not gated


def test_a_file_of_the_users_is_not_rewritten_for_a_reload() -> None:
    traefik = definition("traefik")

    assert Feature.RELOAD in traefik.features
    assert Feature.RELOAD not in as_own(traefik, "", gated=True).features


def test_arguments_of_its_own_take_the_place_of_ours() -> None:
    own = as_own(replace(NGINX, own=replace(OWN, run=("-x",))), "", gated=True)

    assert own.command is not None
    assert own.command.run == ("-x",)


@pytest.mark.parametrize(
    ("product", "said", "step"),
    [
        ("nginx", 'host not found in upstream "app:3000" in', "--alias app:3000=origin"),
        ("nginx", 'host not found in upstream "app" in', "--alias app:PORT=origin"),
        ("nginx", 'cannot load certificate "/a.crt": BIO', "--certificate /a.crt"),
        ("nginx", 'cannot load certificate key "/a.key": BIO', "--certificate-key /a.key"),
        ("nginx", 'open() "/etc/nginx/x.conf" failed (2', "--mount FILE=/etc/nginx/x.conf"),
        ("nginx", 'unknown directive "brotli" in', "--image nginx=REF"),
        ("caddy", "dial tcp: lookup app on 127.0.0.11:53: no such host", "--alias app:PORT=origin"),
        ("traefik", "open /certs/a.pem: no such file or directory", "--certificate /certs/a.pem"),
        ("haproxy", "Cannot chroot1(/var/lib/haproxy).", "--runtime container"),
        ("haproxy", "could not resolve address 'app'.", "--alias app:PORT=origin"),
        ("envoy", 'exec: "envoy": executable file not found in $PATH', "the image has no 'envoy'"),
        ("envoy", "invalid path: /certs/a.pem", "--certificate /certs/a.pem"),
        (
            "envoy",
            "error `Failed to load incomplete private key from path: /a.key` initializing",
            "--certificate-key /a.key",
        ),
        ("envoy", "GET /api/health gave 503 and did not reach the origin", "--alias HOST:PORT"),
        ("httpd", "SSLCertificateFile: file '/a.crt' does not exist", "--certificate /a.crt"),
        ("httpd", "DNS lookup failure for: app returned by", "--alias app:PORT=origin"),
        ("httpd", "Invalid command 'OIDCClientID', perhaps", "--image httpd=REF"),
    ],
)
def test_words_of_a_product_lead_to_the_next_step(product: str, said: str, step: str) -> None:
    steps = advice(takes(definition(product), {}), said)

    assert len(steps) == 1
    assert step in steps[0]


def test_a_port_that_the_product_does_not_say_is_taken_from_the_configuration() -> None:
    text = "proxy_pass http://auth:9000; proxy_pass http://app;"
    said = 'host not found in upstream "auth" in\nhost not found in upstream "app" in'

    steps = advice(OWN, said, text)

    assert [step.partition("=")[0].split()[-1] for step in steps] == ["auth:9000", "app:PORT"]


@pytest.mark.parametrize("name", ["nginx", "envoy"])
def test_a_login_begins_at_a_page_of_the_application(name: str) -> None:
    own = as_own(definition(name), "", gated=True)

    assert own.login.page == "/api/health"
    assert own.login.cookie == definition(name).login.cookie


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<VirtualHost *:443>\n</VirtualHost>\n", "sites-enabled/000-default.conf"),
        ("LoadModule proxy_module mod_proxy.so\n", "apache2.conf"),
    ],
)
def test_a_site_of_apache_lies_where_debians_main_file_includes_it(
    tmp_path: Path, text: str, name: str
) -> None:
    laid = lay_out(takes(definition("httpd"), {}), written(tmp_path, text), supply=True)

    assert laid.files[f"/etc/apache2/{name}"].decode() == text


def test_apache_is_told_what_debians_files_expect() -> None:
    own = as_own(definition("httpd"), "", gated=True)

    assert own.command is not None
    assert "Define APACHE_LOG_DIR /tmp" in own.command.run


def test_a_product_is_not_ready_with_what_it_answers_before_it_has_read_its_configuration() -> None:
    traefik = as_own(definition("traefik"), "", gated=True)

    assert 404 not in traefik.ready.statuses
    assert {200, 302, 401, 502} <= traefik.ready.statuses
    assert as_own(NGINX, WHOLE, gated=True).ready.statuses == frozenset()


def test_links_come_with_what_the_official_image_has(tmp_path: Path) -> None:
    path = written(tmp_path, SERVER)

    assert lay_out(OWN, path, supply=True).links["/var/log/nginx/error.log"] == "/dev/stderr"
    assert lay_out(OWN, path, supply=False).links == {}
