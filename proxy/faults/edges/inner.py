"""Faults of the proxy behind an edge: it takes itself for the edge, or anybody for it."""

from proxy.faults.fault import FaultsOf

of_authentik = FaultsOf("+authentik")
of_nginx = FaultsOf("+nginx")

SOURCE = "authentik, trusted_proxy_cidrs; nginx, ngx_http_realip_module; catalogue HDR-09"

OF_INNER = (
    of_authentik(
        "edge-not-trusted",
        "the outpost does not know of the edge: X-Forwarded-Proto becomes the http that it sees",
        SOURCE,
        ('@BEHIND@trusted_proxies = ["@EDGES@"]', "@BEHIND@trusted_proxies = []"),
    ),
    of_nginx(
        "edge-not-trusted",
        "copied from a set-up without an edge: $scheme is http here, and overwrites what came",
        SOURCE,
        ("@BEHIND@@EDGES@ edge;", "# @EDGES@ edge;"),
        ("@BEHIND@set_real_ip_from @EDGES@;", "# set_real_ip_from @EDGES@;"),
    ),
    of_nginx(
        "login-at-inner-address",
        "as is its default: nginx leads to its own scheme and port, where no client comes",
        "nginx, absolute_redirect; svrforum/NginxProxyGuard#264",
        ("absolute_redirect off;", "absolute_redirect on;"),
    ),
)
