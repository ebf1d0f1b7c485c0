"""Faults of the opening handshake, of paths and of forwarded fields."""

from proxy.faults.envoy.edits import (
    IN_ANSWERS,
    IN_ROUTE,
    IN_ROUTES,
    UPGRADES,
    fault,
    on_route,
    switched_off,
)
from proxy.faults.fault import add

PUBLIC_HOST = """\
                      - append:
                          append_action: OVERWRITE_IF_EXISTS_OR_ADD
                          header: {key: x-forwarded-host, value: "%REQ(:AUTHORITY)%"}
"""

HANDSHAKE = (
    fault(
        "upgrade-not-configured",
        "no upgrade_configs, as by default: every opening handshake is answered 403 by Envoy",
        "Envoy, HTTP upgrades; catalogue HDR-01, AUT-14",
        (
            f"              upgrade_configs:\n{UPGRADES}",
            "              #",
        ),
    ),
    fault(
        "offers-connect-only",
        "allow_connect alone: Envoy asks an HTTP/1.1 origin without Sec-WebSocket-Key, gets 400",
        "envoyproxy/envoy#8547, #46959; catalogue H2-01, H2-02",
        switched_off("websocket_key"),
    ),
    fault(
        "case-sensitive-upgrade",
        "a route for WebSockets matches `upgrade: websocket` exactly: `WebSocket` gets 403",
        "Envoy, HeaderMatcher; RFC 6455 4.2.1; catalogue HDR-02",
        (UPGRADES, f"                - enabled: false\n{UPGRADES.replace('- ', '  ')}"),
        add(
            IN_ROUTES,
            "- match: {prefix: /, headers: [{name: upgrade, string_match: {exact: websocket}}]}",
            "  route:",
            "    cluster: origin",
            "    upgrade_configs: [{upgrade_type: websocket}]",
        ),
    ),
    fault(
        "refuses-offered-upgrade",
        "ignore_http_11_upgrade empty, as by default: a request that offers TLS gets 403",
        "Envoy, Http1ProtocolOptions; RFC 9110 7.8",
        (
            "                ignore_http_11_upgrade:\n"
            '                  - {prefix: "TLS/", ignore_case: true}\n',
            "                ignore_http_11_upgrade: []\n",
        ),
    ),
    fault(
        "malformed-101",
        "response_headers_to_remove Sec-WebSocket-Accept: clients refuse a 101 that proves nothing",
        "catalogue HDR-11",
        on_route("response_headers_to_remove: [sec-websocket-accept]"),
    ),
    fault(
        "drops-subprotocol",
        "request_headers_to_remove Sec-WebSocket-Protocol, left of an allow-list",
        "catalogue HDR-03",
        on_route("request_headers_to_remove: [sec-websocket-protocol]"),
    ),
    fault(
        "invents-subprotocol",
        "response_headers_to_add Sec-WebSocket-Protocol: clients fail, they offered none",
        "catalogue HDR-04",
        on_route(
            "response_headers_to_add:",
            "  - header: {key: sec-websocket-protocol, value: chat}",
        ),
    ),
    fault(
        "compresses-one-leg",
        "response_headers_to_remove Sec-WebSocket-Extensions: only the origin compresses",
        "catalogue FRM-04",
        on_route("response_headers_to_remove: [sec-websocket-extensions]"),
    ),
    fault(
        "error-as-200",
        "a filter makes the page of a single-page application of every error",
        "catalogue ERR-03",
        add(
            IN_ANSWERS,
            'if tonumber(response:headers():get(":status")) >= 400 then',
            '  response:headers():replace(":status", "200")',
            '  response:headers():replace("content-type", "text/html")',
            "end",
        ),
    ),
    fault(
        "turns-503-into-403",
        "a filter gives every failure one status: a passing one looks like a final refusal",
        "catalogue ERR-01",
        add(
            IN_ANSWERS,
            'if response:headers():get(":status") == "503" then',
            '  response:headers():replace(":status", "403")',
            "end",
        ),
    ),
    fault(
        "path-normalised",
        "paths are normalised: dots are resolved, slashes merged, %2F becomes a slash",
        "Istio, pathNormalization DECODE_AND_MERGE_SLASHES; catalogue HDR-06",
        ("normalize_path: false", "normalize_path: true"),
        ("merge_slashes: false", "merge_slashes: true"),
        ("escaped_slashes_action: KEEP_UNCHANGED", "escaped_slashes_action: UNESCAPE_AND_FORWARD"),
    ),
    fault(
        "host-replaced",
        "auto_host_rewrite, and no X-Forwarded-Host: the origin sees the name of the upstream",
        "Envoy, auto_host_rewrite; catalogue HDR-10",
        (PUBLIC_HOST, "                      - remove: x-forwarded-host\n"),
        add(IN_ROUTE, "auto_host_rewrite: true"),
    ),
    fault(
        "rewrite-skips-ws",
        "a rewrite on the route of WebSockets alone: two paths for one URL",
        "catalogue HDR-08",
        add(
            IN_ROUTES,
            "- match: {prefix: /api/, headers: [{name: upgrade, present_match: true}]}",
            "  route: {cluster: origin, timeout: 0s, prefix_rewrite: /socket/}",
        ),
    ),
    fault(
        "redirects-slash",
        "a rule that adds a slash: a handshake that is answered by a redirect fails",
        "catalogue HDR-07",
        add(
            IN_ROUTES,
            "- match: {safe_regex: {regex: '/api/(ws|events|loops/[^/]+/events)'}}",
            r"  redirect: {regex_rewrite: {pattern: {regex: '^(.*)$'}, substitution: '\1/'}}",
        ),
    ),
    fault(
        "rewrites-content-type",
        "the type of every answer is forced: EventSource refuses the stream",
        "catalogue SSE-03",
        on_route(
            "response_headers_to_add:",
            "  - append_action: OVERWRITE_IF_EXISTS_OR_ADD",
            "    header: {key: content-type, value: text/plain}",
        ),
    ),
    fault(
        "one-stream-per-connection",
        "max_concurrent_streams 1: an open stream keeps everything else waiting",
        "Envoy, Http2ProtocolOptions; catalogue H2-05",
        (
            "                allow_connect: true\n",
            "                allow_connect: true\n                max_concurrent_streams: 1\n",
        ),
    ),
)
