"""What operators get wrong in h2o, as edits of `h2o.conf.in`: most are its defaults."""

from proxy.faults.fault import FaultsOf

fault = FaultsOf("h2o")

FAULTS = (
    fault(
        "upgrade-not-configured",
        "no proxy.websocket, which is off by default: the origin sees a plain GET",
        "h2o, proxy.websocket; catalogue HDR-01",
        ("proxy.websocket: ON ", "proxy.websocket: OFF "),
    ),
    fault(
        "host-replaced",
        "no proxy.preserve-host, which is off by default: the origin refuses the Origin field",
        "h2o, proxy.preserve-host; catalogue HDR-10",
        ("proxy.preserve-host: ON ", "proxy.preserve-host: OFF "),
    ),
    fault(
        "forwarded-as-claimed",
        "as by default, X-Forwarded-Host of a client goes on as if h2o had said it",
        "h2o, Proxy Directives (it sets x-forwarded-for and -proto alone); catalogue SEC-05",
        ("proxy.header.unset: x-forwarded-host\n", ""),
    ),
    fault(
        "read-timeout-short",
        "proxy.timeout.io is shorter than the silence between two events (default 30s)",
        "h2o, proxy.timeout.io; catalogue TMO-01",
        ("proxy.timeout.io: @IDLE_MS@ ", "proxy.timeout.io: 300 "),
    ),
    fault(
        "tunnel-timeout-short",
        "proxy.websocket.timeout is shorter than the silence on a WebSocket (default 5 minutes)",
        "h2o, proxy.websocket.timeout; catalogue TMO-05",
        ("proxy.websocket.timeout: @IDLE_MS@ ", "proxy.websocket.timeout: 300 "),
    ),
    fault(
        "one-stream-per-connection",
        "one request at a time on a connection: an open stream keeps everything else waiting",
        "h2o, http2-max-concurrent-requests-per-connection; catalogue H2-05",
        (
            "http1-upgrade-to-http2: OFF ",
            "http2-max-concurrent-requests-per-connection: 1\nhttp1-upgrade-to-http2: OFF ",
        ),
    ),
)
