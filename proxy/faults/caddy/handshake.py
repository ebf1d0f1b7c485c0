"""Faults of the opening handshake, of paths and of forwarded fields."""

from proxy.faults.caddy.edits import IN_ORIGIN, IN_ROUTE, fault
from proxy.faults.fault import add

HANDSHAKE = (
    fault(
        "upgrade-not-configured",
        "the lines that keep a handshake from the gate, put before the application as well",
        "caddy#5430, its workaround at the wrong place; catalogue HDR-01",
        add(IN_ORIGIN, "header_up -Connection", "header_up -Upgrade"),
    ),
    fault(
        "case-sensitive-upgrade",
        "the token is compared with case: `Upgrade: WebSocket` is not upgraded",
        "RFC 6455 4.2.1; catalogue HDR-02",
        (
            "header Upgrade *\n\t\t\tnot header_regexp Upgrade (?i)^websocket$",
            "header Upgrade *\n\t\t\tnot header Upgrade websocket",
        ),
    ),
    fault(
        "tunnels-h2c",
        "Upgrade and Connection go on as they came, by default: `h2c` opens a tunnel past the gate",
        "Caddy, reverse_proxy; catalogue SEC-07",
        # Either line is enough: an upgrade needs the field, and Connection that names it.
        ("request_header @other_upgrade -Upgrade", "# request_header @other_upgrade -Upgrade"),
        ("request_header @no_websocket -Connection", "# request_header @no_websocket -Connection"),
    ),
    fault(
        "error-as-200",
        "the fallback of a single-page application: refusals become its page with status 200",
        "Caddy, handle_response; catalogue ERR-03",
        add(
            IN_ORIGIN,
            "@missing status 403 404 410 426",
            "handle_response @missing {",
            '\trespond "<!doctype html>" 200',
            "}",
        ),
    ),
    fault(
        "turns-503-into-403",
        "one answer for every error: a passing failure looks like a final refusal",
        "Caddy, handle_errors; catalogue ERR-01",
        (
            "\t# In this order,",
            "\thandle_errors {\n\t\trespond denied 403\n\t}\n\n\t# In this order,",
        ),
        add(IN_ORIGIN, "@failure status 5xx", "handle_response @failure {", "\terror 503", "}"),
    ),
    fault(
        "query-dropped",
        "a rewrite that ends in a question mark: the query string is gone",
        "Caddy, rewrite; catalogue HDR-05",
        add(IN_ROUTE, "rewrite * {path}?"),
    ),
    fault(
        "path-normalised",
        "a rewrite to {path}, which is decoded",
        "Caddy, rewrite and {path}; catalogue HDR-06",
        add(IN_ROUTE, "rewrite * {path}"),
    ),
    fault(
        "semicolons-rewritten",
        "a parameter is removed by `uri query`: all others are sorted and encoded anew",
        "Caddy, uri query; catalogue HDR-06",
        add(IN_ROUTE, "uri query -utm_source"),
    ),
    fault(
        "rewrite-skips-ws",
        "a rewrite under a condition on the Upgrade field: two paths for one URL",
        "catalogue HDR-08",
        add(
            IN_ROUTE,
            "@upgrade header Connection *Upgrade*",
            "uri @upgrade replace /api/ /socket/",
        ),
    ),
    fault(
        "host-replaced",
        "Host of the upstream, as for one over HTTPS, and no X-Forwarded-Host: Origin is refused",
        "Caddy, reverse_proxy, HTTPS upstreams; catalogue HDR-10",
        add(IN_ORIGIN, "header_up Host {upstream_hostport}", "header_up -X-Forwarded-Host"),
    ),
)
