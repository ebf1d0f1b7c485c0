"""Faults of the opening handshake, of paths and of forwarded fields."""

from proxy.faults.fault import add
from proxy.faults.nginx.edits import (
    CONNECTION,
    IN_HTTP,
    IN_LOCATION,
    IN_SERVER,
    PASS,
    UPGRADE,
    fault,
)

HOST = """\
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_set_header X-Forwarded-Proto $public_scheme;
            proxy_set_header X-Forwarded-For $remote_addr;

"""

HANDSHAKE = (
    fault(
        "upgrade-not-configured",
        "no Upgrade and Connection lines: these fields end at nginx, the origin sees a plain GET",
        "nginx, WebSocket proxying; catalogue HDR-01",
        (UPGRADE, 'proxy_set_header Upgrade "";'),
        (CONNECTION, 'proxy_set_header Connection "";'),
    ),
    fault(
        "upgrade-dropped",
        "Connection is set and Upgrade is not: the origin answers 400 or 200",
        "authentik#3637; catalogue HDR-01",
        (UPGRADE, 'proxy_set_header Upgrade "";'),
    ),
    fault(
        "connection-forced",
        'Connection "upgrade" for every request, as copied from page to page: HTTP/2 requests too',
        "istio#29427, beyondco#18; catalogue HDR-02, H2-06",
        (CONNECTION, 'proxy_set_header Connection "upgrade";'),
    ),
    fault(
        "case-sensitive-upgrade",
        "the map compares with case: `Upgrade: WebSocket` is not upgraded",
        "RFC 6455 4.2.1; catalogue HDR-02",
        ("~*^websocket$ $http_upgrade;", "~^websocket$ $http_upgrade;"),
    ),
    fault(
        "tunnels-h2c",
        "the Upgrade field goes on as it came: `h2c` opens a tunnel past the gate",
        "nginx#1472; catalogue SEC-07",
        (UPGRADE, "proxy_set_header Upgrade $http_upgrade;"),
        (CONNECTION, "proxy_set_header Connection $http_connection;"),
    ),
    fault(
        "malformed-101",
        "proxy_hide_header Sec-WebSocket-Accept: the 101 proves nothing and clients refuse it",
        "catalogue HDR-11",
        add(IN_LOCATION, "proxy_hide_header Sec-WebSocket-Accept;"),
    ),
    fault(
        "drops-subprotocol",
        "an allow-list of request fields without Sec-WebSocket-Protocol",
        "catalogue HDR-03",
        add(IN_LOCATION, 'proxy_set_header Sec-WebSocket-Protocol "";'),
    ),
    fault(
        "invents-subprotocol",
        "add_header Sec-WebSocket-Protocol: clients fail a handshake that names an unoffered one",
        "catalogue HDR-04",
        add(IN_LOCATION, "add_header Sec-WebSocket-Protocol chat always;"),
    ),
    fault(
        "compresses-one-leg",
        "proxy_hide_header Sec-WebSocket-Extensions: the origin compresses, the client is not told",
        "catalogue FRM-04",
        add(IN_LOCATION, "proxy_hide_header Sec-WebSocket-Extensions;"),
    ),
    fault(
        "error-as-200",
        "the error page of a single-page application: refusals become its page with status 200",
        "catalogue ERR-03",
        add(
            IN_LOCATION,
            "proxy_intercept_errors on;",
            "error_page 403 404 410 426 503 =200 @page;",
        ),
        add(IN_SERVER, 'location @page { return 200 "<!doctype html>"; }'),
    ),
    fault(
        "turns-503-into-403",
        "one error page for everything: a passing failure looks like a final refusal",
        "catalogue ERR-01",
        add(IN_LOCATION, "proxy_intercept_errors on;", "error_page 502 503 504 =403 @denied;"),
        add(IN_SERVER, 'location @denied { return 403 "denied"; }'),
    ),
    fault(
        "query-dropped",
        "proxy_pass with $uri: the query string is gone, and the path is decoded",
        "nginx, proxy_pass with variables; catalogue HDR-05",
        (PASS, "proxy_pass http://origin$uri;\n"),
    ),
    fault(
        "path-normalised",
        "proxy_pass with a URI part: the path is decoded, dots and slashes are merged",
        "nginx, proxy_pass; catalogue HDR-06",
        (PASS, "proxy_pass http://origin/;\n"),
    ),
    fault(
        "semicolons-rewritten",
        "a rule that cleans the query turns `;` into `&`, as Traefik does by default",
        "Traefik, encodeQuerySemicolons; catalogue HDR-06",
        add(IN_LOCATION, 'if ($args ~ "^([^;]*);(.*)$") { set $args $1&$2; }'),
    ),
    fault(
        "rewrite-skips-ws",
        "a rewrite under a condition on the Upgrade field: two paths for one URL",
        "catalogue HDR-08",
        add(IN_LOCATION, "if ($http_upgrade) { rewrite ^/api/(.*)$ /socket/$1 break; }"),
    ),
    fault(
        "host-replaced",
        "no Host line: the origin sees the name of the upstream and refuses the Origin field",
        "oauth2-proxy#3444, nginx-ui#1718; catalogue HDR-10",
        (HOST, HOST.replace("$http_host", "$proxy_host")),
    ),
    fault(
        "forwarded-proto-ws",
        "X-Forwarded-Proto is wss on an upgrade, as Traefik sends it",
        "ItalyPaleAle/traefik-forward-auth#19; catalogue HDR-09",
        (HOST, HOST.replace("$public_scheme", "$forwarded_proto")),
        add(IN_HTTP, 'map $upgrade_wanted $forwarded_proto { default wss; "" $public_scheme; }'),
    ),
    fault(
        "forwarded-as-claimed",
        "there is no edge before it, and yet what a client claims of earlier hops goes on",
        "nginx, proxy_set_header; catalogue SEC-05",
        (
            HOST,
            HOST.replace("$public_scheme", "$http_x_forwarded_proto").replace(
                "$remote_addr", "$http_x_forwarded_for"
            ),
        ),
    ),
    fault(
        "http10-upstream",
        "HTTP/1.0 towards the origin, the default before nginx 1.29.7",
        "nginx, proxy_http_version; catalogue BUF-08",
        ("proxy_http_version 1.1;", "proxy_http_version 1.0;"),
    ),
    fault(
        "redirects-slash",
        "a rule that adds a slash: a handshake that is answered by a redirect fails",
        "catalogue HDR-07",
        add(IN_LOCATION, 'rewrite "^(/api/(?:ws|events|loops/[^/]+/events))$" $1/ permanent;'),
    ),
    fault(
        "rewrites-content-type",
        "the type of every answer is forced: EventSource refuses the stream",
        "catalogue SSE-03",
        add(
            IN_LOCATION,
            "proxy_hide_header Content-Type;",
            "add_header Content-Type text/plain always;",
        ),
    ),
    fault(
        "connection-on-h2",
        "add_header Connection keep-alive, from a recipe for streams: HTTP/2 has no such field",
        "RFC 9113 8.2.2; nestjs/nest#17588; catalogue H2-04",
        add(IN_LOCATION, "add_header Connection keep-alive;"),
    ),
    fault(
        "one-stream-per-connection",
        "http2_max_concurrent_streams 1: an open stream keeps everything else waiting",
        "nginx, http2_max_concurrent_streams; catalogue H2-05",
        ("http2 on;", "http2 on;\n        http2_max_concurrent_streams 1;"),
    ),
)
