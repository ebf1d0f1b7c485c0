"""Faults that hold events back, share them, or end a stream."""

from proxy.faults.fault import add
from proxy.faults.nginx.edits import BUFFERING, IN_HTTP, IN_LOCATION, fault

STREAMS = (
    fault(
        "buffering-on",
        "proxy_buffering on, the default: over TLS with HTTP/1.1 events wait for the end",
        "nginx, proxy_buffering; catalogue BUF-01, BUF-02",
        (BUFFERING, "proxy_buffering on;"),
    ),
    fault(
        "buffers-all",
        "proxy_buffering on, and X-Accel-Buffering of the origin is ignored",
        "nginx, proxy_ignore_headers; catalogue BUF-03",
        (BUFFERING, "proxy_buffering on;"),
        add(IN_LOCATION, "proxy_ignore_headers X-Accel-Buffering;"),
    ),
    fault(
        "gzip-all",
        "gzip for every type, event streams too",
        "nginx, gzip_types; catalogue BUF-04",
        (
            "    gzip off;",
            "    gzip on;\n    gzip_types *;\n    gzip_min_length 0;\n    gzip_proxied any;",
        ),
    ),
    fault(
        "cached-stream",
        "a cache over everything, whatever Cache-Control says: one stream for two clients",
        "nginx, proxy_cache; catalogue CAC-01",
        (BUFFERING, "proxy_buffering on;"),
        add(IN_HTTP, "proxy_cache_path cache keys_zone=all:1m;"),
        add(
            IN_LOCATION,
            # Else the head of the first stream waits too, which is another fault.
            "postpone_output 0;",
            "proxy_cache all;",
            "proxy_cache_valid any 1m;",
            "proxy_cache_lock on;",
            "proxy_cache_lock_age 1h;",
            "proxy_cache_lock_timeout 1h;",
            "proxy_ignore_headers Cache-Control Expires Set-Cookie X-Accel-Buffering;",
        ),
    ),
    fault(
        "drops-last-event-id",
        "an allow-list of request fields without Last-Event-ID",
        "WHATWG HTML 9.2; catalogue SSE-04",
        add(IN_LOCATION, 'proxy_set_header Last-Event-ID "";'),
    ),
    fault(
        "read-timeout-short",
        "proxy_read_timeout is shorter than the silence between two events (default 60s)",
        "nginx, proxy_read_timeout; catalogue TMO-01",
        ("proxy_read_timeout @IDLE_MS@ms;", "proxy_read_timeout 100ms;"),
    ),
    fault(
        "stream-closed-on-reload",
        "worker_shutdown_timeout is short: a reload ends every stream",
        "ingress-nginx#2461, #7115; catalogue RLD-02",
        ("worker_shutdown_timeout 1h;", "worker_shutdown_timeout 100ms;"),
    ),
    fault(
        "orphans-upstream",
        "proxy_ignore_client_abort on: the origin is not told that a client has gone",
        "nginx, proxy_ignore_client_abort; catalogue CON-05",
        add(IN_LOCATION, "proxy_ignore_client_abort on;"),
    ),
)
