"""Faults of nginx as an edge: what it undoes although the proxy behind it does it right."""

from proxy.faults.fault import FaultsOf

fault = FaultsOf("nginx+")

PASS = "            proxy_pass http://inner;\n"
HOST = "            proxy_set_header Host $http_host;\n"
TOLD = f"""\
{HOST}\
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-For $remote_addr;
"""
UPGRADE = "proxy_set_header Upgrade $upgrade_wanted;"
CONNECTION = "proxy_set_header Connection $connection_upgrade;"
LOGIN = """\
            location /outpost.goauthentik.io/ {
                proxy_pass http://inner;
                proxy_read_timeout 1m;
            }
"""

OF_NGINX = (
    fault(
        "buffering-on",
        "the edge buffers, as is its default: that the inner proxy does not is nothing to it",
        "nginx, proxy_buffering; catalogue BUF-01, BUF-02",
        ("proxy_buffering off;", "proxy_buffering on;"),
    ),
    fault(
        "buffers-all",
        "the edge buffers, and does not see X-Accel-Buffering: an inner nginx keeps it for itself",
        "nginx, proxy_ignore_headers; catalogue BUF-03",
        ("proxy_buffering off;", "proxy_buffering on;"),
        (PASS, PASS + "            proxy_ignore_headers X-Accel-Buffering;\n"),
    ),
    fault(
        "read-timeout-short",
        "two timers: the inner proxy's is long, and the edge's, which nobody looked at, cuts",
        "nginx, proxy_read_timeout; catalogue TMO-01",
        ("proxy_read_timeout @IDLE_MS@ms;", "proxy_read_timeout 100ms;"),
        (PASS, PASS + LOGIN),  # a login takes longer than that on a busy machine
    ),
    fault(
        "upgrade-not-configured",
        "the inner proxy relays upgrades, and none gets there: these fields end at the edge",
        "nginx, WebSocket proxying; catalogue HDR-01",
        (UPGRADE, 'proxy_set_header Upgrade "";'),
        (CONNECTION, 'proxy_set_header Connection "";'),
    ),
    fault(
        "stream-closed-on-reload",
        "the edge, reloaded for the sake of other sites, ends every stream that passes it",
        "ingress-nginx#2461, #7115; catalogue RLD-02",
        ("worker_shutdown_timeout 1h;", "worker_shutdown_timeout 100ms;"),
    ),
    fault(
        "forwarded-proto-lost",
        "the edge ends TLS and does not say so: what is behind it builds links with http://",
        "authentik, Reverse proxy; catalogue HDR-09",
        ("proxy_set_header X-Forwarded-Proto $scheme;", "proxy_set_header X-Forwarded-Proto http;"),
    ),
    fault(
        "forwarded-as-claimed",
        "the edge passes on what a client claims of itself, and the inner proxy trusts the edge",
        "nginx, proxy_set_header; catalogue SEC-05",
        (TOLD, HOST + "            proxy_set_header X-Forwarded-For $http_x_forwarded_for;\n"),
    ),
    fault(
        "small-header-buffers",
        "the edge keeps its 8k for a request line: the inner proxy takes what the edge refuses",
        "nginx, large_client_header_buffers; catalogue COO-04",
        ("large_client_header_buffers 4 32k;", "large_client_header_buffers 4 8k;"),
    ),
)
