"""Faults that hold events back, or end a stream, or tell of its end too late."""

from proxy.faults.envoy.edits import IN_ANSWERS, IN_ROUTE, fault, on_route
from proxy.faults.fault import add

STREAMS = (
    fault(
        "route-timeout",
        "the timeout of the route counts until the end of the answer (default 15s)",
        "Envoy, RouteAction timeout; catalogue TMO-02",
        (IN_ROUTE, "                          timeout: 0.3s #"),
    ),
    fault(
        "stream-idle-timeout",
        "idle_timeout is shorter than the silence between two events (default 5 minutes)",
        "Envoy, RouteAction idle_timeout, stream_idle_timeout; catalogue TMO-03",
        ("idle_timeout: @IDLE_S@s", "idle_timeout: 0.1s"),
    ),
    fault(
        "buffer-filter",
        "a filter that reads the body of answers: Envoy keeps it back until it is whole",
        "Envoy, Lua filter, body(); ext_proc, BUFFERED; catalogue BUF-07, BUF-11",
        add(IN_ANSWERS, "response:body()"),
    ),
    fault(
        "drops-last-event-id",
        "request_headers_to_remove Last-Event-ID, left of an allow-list",
        "WHATWG HTML 9.2; catalogue SSE-04",
        on_route("request_headers_to_remove: [last-event-id]"),
    ),
    fault(
        "end-told-late",
        "delayed_close_timeout (default 1s): a stream that broke off looks alive for so long",
        "Envoy, delayed_close_timeout; catalogue CLS-04",
        ("delayed_close_timeout: 0.1s", "delayed_close_timeout: 5s"),
    ),
    fault(
        "slots-exhausted",
        "circuit breakers with few connections (default 1024): streams keep them all",
        "Envoy, circuit breakers; catalogue CON-02",
        ("{max_connections: 16384,", "{max_connections: 8,"),
    ),
)
