"""What Envoy alone shows: of its configuration, and with the real binary between two stand-ins."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from proxy.definitions import definition
from proxy.faults import ConfigFault
from tests.proxy.ground import Ground, Grounds
from tests.proxy.staged import faults_of, judged, staged
from tests.proxy.standin import UPGRADE, read_until

ENVOY = definition("envoy")
AUTH = "/outpost.goauthentik.io/auth/envoy"
CHECK = ("--mode", "validate", "-c", "{config}", "-l", "error")
WATCHED = "dynamic_resources:\n  lds_config:\n    path_config_source:\n      path: {path}\n"
TYPE = '- "@type": type.googleapis.com/envoy.config.listener.v3.Listener\n    name: edge'


def in_the_bootstrap(config: Path) -> None:
    """Move the listener to where Envoy says every field that it does not know."""
    text = config.read_text().replace(WATCHED.format(path=config), "")
    bootstrap, listeners = text.split("\nresources:\n")
    moved = [f"  {line}\n" for line in listeners.replace(TYPE, "- name: edge").splitlines()]
    config.write_text(f"{bootstrap}\n  listeners:\n{''.join(moved)}")


def says_of(
    folder: Path, files: Mapping[str, str], *faults: ConfigFault, scheme: str = "https"
) -> str:
    stage = staged(ENVOY, folder, files, *faults, scheme=scheme)
    in_the_bootstrap(stage.folder / stage.config)
    _, said = judged(stage, CHECK)
    return said.replace(str(stage.folder), "")


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_envoy_knows_every_field_of_the_good_configuration(
    scheme: str, tmp_path: Path, files: Mapping[str, str]
) -> None:
    assert says_of(tmp_path, files, scheme=scheme) == "configuration '/envoy.yaml' OK\n"


@pytest.mark.parametrize("fault", faults_of("envoy"), ids=lambda fault: fault.name)
def test_envoy_knows_every_field_of_the_fault(
    fault: ConfigFault, tmp_path: Path, files: Mapping[str, str]
) -> None:
    assert says_of(tmp_path, files, fault) == "configuration '/envoy.yaml' OK\n"


@pytest.fixture
def ground(grounds: Grounds) -> Ground:
    return grounds("envoy")


@pytest.mark.parametrize("offer", ["foo", "websocket, h2c"])
def test_an_offer_that_it_does_not_know_is_refused(ground: Ground, offer: str) -> None:
    before = list(ground.origin.heads)

    answer = ground.ask("/", ground.session, f"Upgrade: {offer}", *UPGRADE[1:])

    assert (answer.status, ground.origin.heads) == ("403", before)


def test_a_client_cannot_tell_envoy_how_to_ask(ground: Ground) -> None:
    head = ground.seen("/", ground.session, "X-Envoy-Max-Retries: 9")

    assert "9" not in [value for _, value in head.fields]


def test_question_has_the_path_and_no_other_fields(ground: Ground) -> None:
    question = ground.question("/api/ws?x=%2F", ground.session, "X-Other: 1", *UPGRADE)

    assert question.line == f"GET {AUTH}/api/ws?x=%2F HTTP/1.1"
    assert question.value("x-other") is None


def test_reload_takes_a_new_listener_and_keeps_an_open_stream(grounds: Grounds) -> None:
    ground = grounds("envoy", "http")  # the others stand on the one with TLS
    config = ground.proxy.folder / ground.proxy.config
    with ground.stream() as connection:
        config.write_text(config.read_text().replace("{status: 404}", "{status: 410}"))
        ground.proxy.reload()
        taken = any(ground.ask(f"{AUTH}/").status == "410" for _ in range(200))
        connection.sendall(b"again")

        assert taken
        assert read_until(connection, b"again") == b"again"
