"""Faults of the opening handshake, of paths and of forwarded fields."""

from proxy.faults.fault import add
from proxy.faults.httpd.edits import (
    IN_LOCATION,
    IN_SERVER,
    PASS,
    fault,
    module,
    without,
)

HANDSHAKE = (
    fault(
        "upgrade-not-configured",
        "ProxyPass without upgrade=websocket: the origin sees a plain GET",
        "Apache, ProxyPass; catalogue HDR-01",
        without("upgrade=websocket"),
    ),
    fault(
        "case-sensitive-upgrade",
        "the recipe from before 2.4.47, without NC: `Upgrade: WebSocket` is not upgraded",
        "Apache, mod_proxy_wstunnel; RFC 6455 4.2.1; catalogue HDR-02",
        module("rewrite"),
        without("upgrade=websocket"),
        add(
            IN_SERVER,
            "RewriteEngine On",
            "RewriteCond %{HTTP:Upgrade} =websocket",
            "RewriteRule ^/(.*)$ ws://@ORIGIN@/$1 [P]",
        ),
    ),
    fault(
        "rewrite-skips-ws",
        "the recipe of RewriteCond with [P] for sockets: another path than the page's",
        "Apache, mod_proxy_wstunnel; catalogue HDR-08",
        module("rewrite"),
        add(
            IN_SERVER,
            "RewriteEngine On",
            "RewriteCond %{HTTP:Upgrade} websocket [NC]",
            "RewriteRule ^/api/(.*)$ http://@ORIGIN@/socket/$1 [P]",
        ),
    ),
    fault(
        "tunnels-h2c",
        "upgrade=ANY: whatever a client wants to speak is tunnelled past the gate",
        "Apache, ProxyPass; catalogue SEC-07",
        (PASS, PASS.replace("upgrade=websocket", "upgrade=ANY")),
    ),
    fault(
        "path-normalised",
        "ProxyPass without nocanon: the path is resolved, decoded and encoded anew",
        "Apache, ProxyPass; catalogue HDR-06",
        without("nocanon"),
    ),
    fault(
        "query-dropped",
        "a rule with [P] and a `?` at its end, copied from a redirect: the query string is gone",
        "Apache, RewriteRule, QSD; catalogue HDR-05",
        module("rewrite"),
        add(
            IN_SERVER,
            "RewriteEngine On",
            "RewriteCond %{HTTP:Upgrade} !websocket [NC]",
            "RewriteRule ^/api/(.*)$ http://@ORIGIN@/api/$1? [P]",
        ),
    ),
    fault(
        "host-replaced",
        "ProxyPreserveHost Off, as by default, and ProxyAddHeaders Off: only httpd's own address",
        "Apache, ProxyPreserveHost, ProxyAddHeaders; catalogue HDR-10",
        ("ProxyPreserveHost On", "ProxyPreserveHost Off\nProxyAddHeaders Off"),
    ),
    fault(
        "forwarded-proto-ws",
        "X-Forwarded-Proto is wss for sockets, after the scheme of their URLs",
        "catalogue HDR-09",
        add(
            IN_SERVER,
            '<Location "/api/ws">',
            "    RequestHeader set X-Forwarded-Proto wss",
            "</Location>",
        ),
    ),
    fault(
        "http10-upstream",
        "force-proxy-request-1.0, from a recipe for an old application server",
        "Apache, mod_proxy_http, environment variables; catalogue BUF-08",
        module("env"),
        add(IN_SERVER, "SetEnv force-proxy-request-1.0 1", "SetEnv proxy-nokeepalive 1"),
    ),
    fault(
        "replaces-error-pages",
        "ProxyErrorOverride On: what the origin says of a refusal gives way to a page of Apache",
        "Apache, ProxyErrorOverride; catalogue ERR-03",
        add(IN_SERVER, "ProxyErrorOverride On"),
    ),
    fault(
        "redirects-slash",
        "a rule that adds a slash: a handshake that is answered by a redirect fails",
        "Apache, RedirectMatch; catalogue HDR-07",
        add(IN_LOCATION, 'RedirectMatch 301 "^(/api/(?:ws|events|loops/[^/]+/events))$" "$1/"'),
    ),
    fault(
        "drops-subprotocol",
        "an allow-list of request fields without Sec-WebSocket-Protocol",
        "catalogue HDR-03",
        add(IN_LOCATION, "RequestHeader unset Sec-WebSocket-Protocol"),
    ),
    fault(
        "rewrites-content-type",
        "the type of every answer is forced: EventSource refuses the stream",
        "Apache, Header; catalogue SSE-03",
        add(IN_SERVER, "Header set Content-Type text/plain"),
    ),
    fault(
        "one-stream-per-connection",
        "H2MaxSessionStreams 1: an open stream keeps everything else waiting",
        "Apache, H2MaxSessionStreams; catalogue H2-05",
        ("Protocols h2 http/1.1", "Protocols h2 http/1.1\nH2MaxSessionStreams 1"),
    ),
    fault(
        "offers-connect-only",
        "H2WebSockets on, where the ProxyPass of the sockets has no upgrade=websocket",
        "Apache, H2WebSockets, ProxyPass; catalogue H2-01",
        ("Protocols h2 http/1.1", "Protocols h2 http/1.1\nH2WebSockets on"),
        without("upgrade=websocket"),
    ),
)
