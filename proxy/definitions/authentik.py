"""The Authentik-style outpost in proxy mode: gate and reverse proxy in one program."""

from dataclasses import replace
from pathlib import Path

from proxy.gates.outpost import COMMAND, DEFAULTS, IMAGE, READY, SCHEMES
from proxy.model import AT_OUTPOST, BEHIND, Deviation, Feature, ProxyDefinition

DEFINITION = ProxyDefinition(
    name="authentik",
    summary="the Authentik-style outpost in proxy mode, in front of the origin by itself",
    command=COMMAND,
    config=Path(__file__).with_name("authentik.toml.in"),
    image=IMAGE,
    ready=READY,
    ports=("LISTEN", "CONTROL"),
    schemes={
        **{scheme: {**values, "BEHIND": "#", "EDGE": ""} for scheme, values in SCHEMES.items()},
        BEHIND: {**SCHEMES["http"], "BEHIND": "", "EDGE": "#"},
    },
    defaults={**DEFAULTS, "EDGES": "127.0.0.0/8"},
    # Neither proxy mode (Go, Rust) looks at Accept or Upgrade: a stream is redirected like a page.
    login=replace(AT_OUTPOST, leads_streams=True),
    lacks={
        Feature.SEPARATE_GATE: "the outpost decides and relays in one program",
        Feature.RELOAD: "the outpost learns of changes from its core and has no configuration file",
        Feature.IDLE_TIMEOUT: "neither outpost (Go, Rust) ends a silent stream in proxy mode",
        Feature.H2_DOWNSTREAM: "in 2026.8 what comes by HTTP/2 fails on its way to the application"
        " (goauthentik/authentik#26281): HTTP/2 is left to an edge before it, see nginx+authentik",
        Feature.H2_WEBSOCKET: "no HTTP/2, so no WebSocket over it",
    },
    deviations=(
        Deviation(
            "outpost_cookie_stays_outside",
            "Authentik's outpost passes the whole Cookie field on, its own session cookie in it",
            "goauthentik/authentik: neither proxy mode (Go, Rust) touches the Cookie field;"
            " quirk strips_session_cookie of the outpost here takes it out",
        ),
        Deviation(
            "nobody_is_somebody_where_all_may_pass",
            "on a path of skip_path_regex Authentik's outpost passes a client's own identity fields"
            " on as they came, if there is no session",
            "goauthentik/authentik: mode_proxy of Go and Rust adds identity to sessions alone;"
            " quirk allowlist_strips_identity of the outpost here removes them",
        ),
    ),
)
