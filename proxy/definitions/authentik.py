"""The Authentik-style outpost in proxy mode: gate and reverse proxy in one program."""

from pathlib import Path

from proxy.gates.outpost import COMMAND, DEFAULTS, IMAGE, READY, SCHEMES
from proxy.model import Deviation, Feature, ProxyDefinition

DEFINITION = ProxyDefinition(
    name="authentik",
    summary="the Authentik-style outpost in proxy mode, in front of the origin by itself",
    command=COMMAND,
    config=Path(__file__).with_name("authentik.toml.in"),
    image=IMAGE,
    ready=READY,
    ports=("LISTEN", "CONTROL"),
    schemes=SCHEMES,
    defaults=DEFAULTS,
    features=frozenset({Feature.WEBSOCKET, Feature.SSE, Feature.GATEWAY, Feature.GATE}),
    deviations=(
        Deviation(
            "outpost_cookie_stays_outside",
            "Authentik's outpost passes the whole Cookie field on, its own session cookie in it",
            "goauthentik/authentik: neither proxy mode (Go, Rust) touches the Cookie field;"
            " quirk strips_session_cookie of the outpost here takes it out",
        ),
    ),
)
