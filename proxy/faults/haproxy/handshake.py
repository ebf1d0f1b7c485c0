"""Faults of the opening handshake, of targets and of forwarded fields."""

from proxy.faults.fault import add
from proxy.faults.haproxy.edits import (
    CONNECTION,
    IN_FRONTEND,
    IN_GLOBAL,
    IN_ORIGIN,
    ONLY_WEBSOCKET,
    UPGRADE,
    fault,
)

STREAMS = "/api/(ws|events|loops/[^/]+/events)"

HANDSHAKE = (
    fault(
        "upgrade-not-configured",
        "Upgrade and Connection are removed from every request, against smuggling by h2c",
        "recipes against h2c smuggling; catalogue HDR-01, SEC-07",
        (ONLY_WEBSOCKET, "http-request del-header Upgrade"),
        (UPGRADE, ""),
        (CONNECTION, "http-request del-header Connection "),
    ),
    fault(
        "upgrade-dropped",
        "Upgrade is removed and Connection is not: the origin answers 400 or 200",
        "recipes against h2c smuggling; catalogue HDR-01",
        (ONLY_WEBSOCKET, "http-request del-header Upgrade"),
        (UPGRADE, ""),
    ),
    fault(
        "case-sensitive-upgrade",
        "the acl compares with case: `Upgrade: WebSocket` is not upgraded",
        "HAProxy, acl flag -i; RFC 6455 4.2.1; catalogue HDR-02",
        (
            "acl websocket req.hdr(Upgrade) -i websocket",
            "acl websocket req.hdr(Upgrade) -m str websocket",
        ),
    ),
    fault(
        "tunnels-h2c",
        "Upgrade and Connection go on as they came, HAProxy's default: `h2c` opens a tunnel",
        "HAProxy, upgrades of any protocol; catalogue SEC-07",
        (ONLY_WEBSOCKET, "# any protocol"),
        (UPGRADE, ""),
        ("    http-request del-header Connection\n", ""),
    ),
    fault(
        "malformed-101",
        "http-response del-header Upgrade, which hides the h2 that Apache offers: a 101 without it",
        "HAProxy, http-response del-header; catalogue HDR-11",
        add(IN_ORIGIN, "http-response del-header Upgrade"),
    ),
    fault(
        "drops-subprotocol",
        "http-request del-header Sec-WebSocket-Protocol, made to hide a token in it from the logs",
        "catalogue HDR-03",
        add(IN_ORIGIN, "http-request del-header Sec-WebSocket-Protocol"),
    ),
    fault(
        "invents-subprotocol",
        "http-response set-header Sec-WebSocket-Protocol: unoffered, clients fail the handshake",
        "catalogue HDR-04",
        add(IN_ORIGIN, "http-response set-header Sec-WebSocket-Protocol chat"),
    ),
    fault(
        "compresses-one-leg",
        "http-response del-header Sec-WebSocket-Extensions: the client is not told of compression",
        "catalogue FRM-04",
        add(IN_ORIGIN, "http-response del-header Sec-WebSocket-Extensions"),
    ),
    fault(
        "error-as-200",
        "the page of a single-page application instead of every error, with status 200",
        "HAProxy, http-response return; catalogue ERR-03",
        add(
            IN_ORIGIN,
            "http-response return status 200 content-type text/html string '<!doctype html>'"
            " if { status 403 404 410 426 503 }",
        ),
    ),
    fault(
        "turns-503-into-403",
        "one status for every failure: a passing one looks like a final refusal",
        "HAProxy, set-status; the documented deny says 403; catalogue ERR-01",
        add(IN_ORIGIN, "http-after-response set-status 403 if { status 502 503 504 }"),
    ),
    fault(
        "query-dropped",
        "set-uri with path instead of pathq: the query string is gone",
        "HAProxy, set-uri and sample fetch path; catalogue HDR-05",
        add(IN_ORIGIN, "http-request set-uri %[path]"),
    ),
    fault(
        "path-normalised",
        "the path is decoded before the origin sees it, so that rules match the real name",
        "HAProxy, set-path and converter url_dec; catalogue HDR-06",
        add(IN_ORIGIN, "http-request set-path %[path,url_dec]"),
    ),
    fault(
        "semicolons-rewritten",
        "a rule that cleans the query turns `;` into `&`, as Traefik does by default",
        "Traefik, encodeQuerySemicolons; catalogue HDR-06",
        add(IN_ORIGIN, "http-request set-query %[query,regsub(;,&,g)]"),
    ),
    fault(
        "rewrite-skips-ws",
        "a rewrite with a condition on the Upgrade field: two paths for one URL",
        "catalogue HDR-08",
        add(
            IN_ORIGIN,
            "http-request replace-path ^/api/(.*) /socket/\\1 if { req.hdr(Upgrade) -i websocket }",
        ),
    ),
    fault(
        "host-replaced",
        "Host and X-Forwarded-Host are the name of the server: it refuses the Origin field",
        "oauth2-proxy#3444, nginx-ui#1718; catalogue HDR-10",
        add(
            IN_ORIGIN,
            "http-request set-header Host origin.internal",
            "http-request set-header X-Forwarded-Host origin.internal",
        ),
    ),
    fault(
        "forwarded-proto-ws",
        "X-Forwarded-Proto is wss on an upgrade, as Traefik sends it",
        "ItalyPaleAle/traefik-forward-auth#19; catalogue HDR-09",
        add(
            IN_ORIGIN,
            "http-request set-header X-Forwarded-Proto wss if { req.hdr(Upgrade) -i websocket }",
        ),
    ),
    fault(
        "redirects-slash",
        "a rule that adds a slash: a handshake that is answered by a redirect fails",
        "catalogue HDR-07",
        add(
            IN_FRONTEND,
            f"http-request redirect code 301 location %[path]/ if {{ path_reg ^{STREAMS}$ }}",
        ),
    ),
    fault(
        "rewrites-content-type",
        "the type of every answer is forced: EventSource refuses the stream",
        "catalogue SSE-03",
        add(IN_ORIGIN, "http-response set-header Content-Type text/plain"),
    ),
    fault(
        "one-stream-per-connection",
        "tune.h2.max-concurrent-streams 1: an open stream keeps everything else waiting",
        "HAProxy, tune.h2.max-concurrent-streams; catalogue H2-05",
        add(IN_GLOBAL, "tune.h2.max-concurrent-streams 1"),
    ),
    fault(
        "offers-connect-only",
        "upgrades that come by HTTP/2 are denied, yet the extended CONNECT is still offered",
        "haproxy#2928 and its workaround; catalogue H2-01",
        add(
            IN_FRONTEND,
            "http-request deny if { req.ver 2.0 } { req.hdr(Upgrade) -m found }",
        ),
    ),
)
