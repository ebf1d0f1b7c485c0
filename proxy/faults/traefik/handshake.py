"""Faults of the opening handshake, of answers and of forwarded fields."""

from proxy.faults.traefik.edits import (
    NO_UPGRADE,
    PUBLIC_SCHEME,
    SOCKETS,
    STREAMS,
    fault,
    with_middleware,
    with_request_field,
)

HANDSHAKE = (
    fault(
        "upgrade-not-configured",
        "the router of the WebSockets has the chain of the pages, which removes Upgrade",
        "catalogue HDR-01",
        (SOCKETS, SOCKETS.replace("websocket-only", "no-upgrade")),
    ),
    fault(
        "case-sensitive-upgrade",
        "the rule compares with case: `Upgrade: WebSocket` is not upgraded",
        "Traefik, HeaderRegexp; RFC 6455 4.2.1; catalogue HDR-02",
        ("`(?i)^websocket$`", "`^websocket$`"),
    ),
    fault(
        "tunnels-h2c",
        "the Upgrade field goes on as it came, the default, which keeps no more than `h2c` back",
        "Go, httputil.ReverseProxy; catalogue SEC-07",
        (NO_UPGRADE, '          X-Unused: ""\n'),
    ),
    fault(
        "drops-subprotocol",
        "Sec-WebSocket-Protocol is removed from requests",
        "Traefik, customRequestHeaders; traefik#1945; catalogue HDR-03",
        *with_request_field("Sec-WebSocket-Protocol"),
    ),
    fault(
        "error-as-200",
        "the errors middleware of a single-page application: refusals become its page, status 200",
        "Traefik, errors, statusRewrites; catalogue ERR-03",
        *with_middleware(
            "errors",
            'status: ["400-599"]',
            'statusRewrites: {"400-599": 200}',
            "service: origin",
            "query: /",
        ),
    ),
    fault(
        "turns-503-into-403",
        "one error page for everything: a passing failure looks like a final refusal",
        "Traefik, errors, statusRewrites; catalogue ERR-01",
        *with_middleware(
            "errors",
            'status: ["502-504"]',
            'statusRewrites: {"502-504": 403}',
            "service: outpost",
            "query: /outpost.goauthentik.io/ping",
        ),
    ),
    fault(
        "rewrite-skips-ws",
        "a path is rewritten for the WebSockets only: two paths for one URL",
        "Traefik, replacePathRegex; catalogue HDR-08",
        *with_middleware(
            "replacePathRegex",
            'regex: "^/api/(.*)"',
            'replacement: "/socket/$1"',
            chains=(SOCKETS,),
        ),
    ),
    fault(
        "redirects-slash",
        "a rule that adds a slash: a handshake that is answered by a redirect fails",
        "Traefik, redirectRegex; catalogue HDR-07",
        *with_middleware(
            "redirectRegex",
            'regex: "^(https?://[^/]+/api/(?:ws|events|loops/[^/]+/events))([?].*)?$"',
            'replacement: "${1}/${2}"',
            chains=STREAMS,
        ),
    ),
    fault(
        "forwarded-proto-ws",
        "X-Forwarded-Proto is wss on an upgrade, the default",
        "ItalyPaleAle/traefik-forward-auth#19, traefik#6388; catalogue HDR-09",
        (PUBLIC_SCHEME, '          X-Unused: ""\n'),
    ),
    fault(
        "one-stream-per-connection",
        "http2.maxConcurrentStreams 1: an open stream keeps everything else waiting",
        "Traefik, maxConcurrentStreams; catalogue H2-05",
        (
            '    address: "@LISTEN@"\n',
            '    address: "@LISTEN@"\n    http2:\n      maxConcurrentStreams: 1\n',
        ),
    ),
)
