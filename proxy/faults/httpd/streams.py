"""Faults that hold events back, or end a stream."""

from proxy.faults.fault import add
from proxy.faults.httpd.edits import IN_LOCATION, fault, module

STREAMS = (
    fault(
        "deflate-stream",
        "SetOutputFilter DEFLATE for everything, event streams too",
        "Apache, mod_deflate; vaadin/docs#6059; catalogue BUF-04",
        module("deflate"),
        add(IN_LOCATION, "SetOutputFilter DEFLATE"),
    ),
    fault(
        "transforms-content",
        "mod_substitute puts a script into every body, event streams too",
        "Apache, mod_substitute; einaros/sse.js#25; catalogue CAC-03",
        module("substitute"),
        add(
            IN_LOCATION,
            "SetOutputFilter SUBSTITUTE",
            'Substitute "s|</body>|<script src=/seen.js></script></body>|n"',
        ),
    ),
    fault(
        "drops-last-event-id",
        "an allow-list of request fields without Last-Event-ID",
        "WHATWG HTML 9.2; catalogue SSE-04",
        add(IN_LOCATION, "RequestHeader unset Last-Event-ID"),
    ),
    fault(
        "slots-exhausted",
        "threads as by default, and fewer: streams hold them, and the next client waits for ever",
        "Apache, ThreadsPerChild; catalogue CON-01",
        ("ThreadsPerChild 128\nMaxRequestWorkers 1024", "ThreadsPerChild 25\nMaxRequestWorkers 25"),
    ),
)
