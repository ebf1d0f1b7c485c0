"""Faults of the proxy behind an edge: it takes itself for the edge, or anybody for it."""

from proxy.faults.edges.edits import in_inner

SOURCE = "authentik, trusted_proxy_cidrs; nginx, ngx_http_realip_module; catalogue HDR-09"

OF_INNER = (
    in_inner(
        "authentik",
        "edge-not-trusted",
        "the outpost does not know of the edge: X-Forwarded-Proto becomes the http that it sees",
        SOURCE,
        ('@BEHIND@trusted_proxies = ["@EDGES@"]', "@BEHIND@trusted_proxies = []"),
    ),
    in_inner(
        "nginx",
        "edge-not-trusted",
        "copied from a set-up without an edge: $scheme is http here, and overwrites what came",
        SOURCE,
        ("@BEHIND@@EDGES@ edge;", "# @EDGES@ edge;"),
        ("@BEHIND@set_real_ip_from @EDGES@;", "# set_real_ip_from @EDGES@;"),
    ),
)
