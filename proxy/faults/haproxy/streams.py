"""Faults that hold events back, or end a stream."""

from proxy.faults.fault import add
from proxy.faults.haproxy.edits import IN_ORIGIN, fault

STREAMS = (
    fault(
        "buffering-on",
        "http-response wait-for-body, made to inspect answers: an event stream has no end",
        "HAProxy, http-response wait-for-body; catalogue BUF-01",
        add(IN_ORIGIN, "http-response wait-for-body time 30s"),
    ),
    fault(
        "compression-on-stream",
        "compression of every type that is text, event streams too",
        "HAProxy, compression type; catalogue BUF-04",
        add(IN_ORIGIN, "compression algo gzip", "compression type text/plain text/event-stream"),
    ),
    fault(
        "drops-last-event-id",
        "http-request del-header Last-Event-ID, by an allow-list of request fields",
        "WHATWG HTML 9.2; catalogue SSE-04",
        add(IN_ORIGIN, "http-request del-header Last-Event-ID"),
    ),
    fault(
        "read-timeout-short",
        "timeout server is shorter than the silence between two events (documented: 30s)",
        "HAProxy, timeout server; the documented set-up; catalogue TMO-01, TMO-05",
        ("timeout server @IDLE_MS@ms", "timeout server 100ms"),
    ),
    fault(
        "tunnel-timeout-short",
        "timeout tunnel is shorter than the silence on a WebSocket",
        "HAProxy, timeout tunnel; haproxy#182; catalogue TMO-05",
        add(IN_ORIGIN, "timeout tunnel 100ms"),
    ),
    fault(
        "stream-closed-on-reload",
        "hard-stop-after is short: a reload ends every stream",
        "haproxy#228, haproxy-ingress#1349; catalogue RLD-03",
        ("hard-stop-after 1h ", "hard-stop-after 100ms "),
    ),
    fault(
        "orphans-upstream",
        "no option abortonclose: the origin is not told that a client has gone",
        "HAProxy, option abortonclose; catalogue CON-05",
        ("    option abortonclose ", "    no option abortonclose "),
    ),
)
