"""The Authentik-style outpost in proxy mode: gate and reverse proxy in one program."""

from pathlib import Path

from proxy.gates.outpost import COMMAND, DEFAULTS, IMAGE, READY, SCHEMES
from proxy.model import Feature, ProxyDefinition

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
)
