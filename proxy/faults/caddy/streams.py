"""Faults that hold events back, or end a stream."""

from proxy.faults.caddy.edits import IN_ORIGIN, READ_TIMEOUT, fault
from proxy.faults.fault import add

STREAMS = (
    fault(
        "buffers-all",
        "response_buffers, set to free the application soon: events wait until it is full",
        "Caddy, reverse_proxy; catalogue BUF-07",
        add(IN_ORIGIN, "response_buffers 64KiB"),
    ),
    fault(
        "read-timeout-short",
        "read_timeout towards the origin is shorter than the silence between two events",
        "Caddy, reverse_proxy, transport http; catalogue TMO-01",
        (READ_TIMEOUT, "read_timeout 100ms"),
    ),
    fault(
        "write-deadline",
        "a write timeout of the server, set against slow clients: it ends the busiest stream too",
        "Caddy, global option timeouts; catalogue TMO-07",
        ("protocols h1 h2", "protocols h1 h2\n\t\ttimeouts {\n\t\t\twrite 600ms\n\t\t}"),
    ),
    fault(
        "cuts-after",
        "stream_timeout, meant to bound how long a revoked session lives on",
        "Caddy, reverse_proxy; catalogue TMO-13",
        add(IN_ORIGIN, "stream_timeout 500ms"),
    ),
    fault(
        "stream-closed-on-reload",
        "no stream_close_delay, as by default: a reload closes every WebSocket",
        "caddy#5471, #6420, #7222; catalogue RLD-01",
        ("stream_close_delay 1h", "stream_close_delay 0"),
    ),
)
