"""Faults that hold events back, change them, or end a stream."""

from proxy.faults.traefik.edits import EVENTS, fault, with_middleware, with_request_field

STREAMS = (
    fault(
        "buffering-middleware",
        "the buffering middleware, there for a limit of request bodies, keeps responses as well",
        "Traefik, buffering; traefik#12869; catalogue BUF-07",
        *with_middleware("buffering", "maxRequestBodyBytes: 2000000", chains=(EVENTS,)),
    ),
    fault(
        "compress-all",
        "the compress middleware on every router, event streams too",
        "Traefik, compress; traefik#7882, #11509, #12673; catalogue BUF-04",
        *with_middleware("compress", "encodings: [zstd, br, gzip]", chains=(EVENTS,)),
    ),
    fault(
        "rewrites-content-type",
        "customResponseHeaders forces a type: EventSource refuses the stream",
        "Traefik, customResponseHeaders; catalogue SSE-03",
        *with_middleware("headers", "customResponseHeaders:", "  Content-Type: text/plain"),
    ),
    fault(
        "drops-last-event-id",
        "Last-Event-ID is removed from requests",
        "WHATWG HTML 9.2; catalogue SSE-04",
        *with_request_field("Last-Event-ID"),
    ),
    fault(
        "write-deadline",
        "respondingTimeouts.writeTimeout: every event stream is cut at that age, busy or not",
        "Traefik, respondingTimeouts; catalogue TMO-07",
        ("writeTimeout: 0s ", "writeTimeout: 500ms "),
    ),
)
