"""What operators get wrong in h2o, as edits of `h2o.conf.in`: most are its defaults."""

from proxy.faults import ConfigFault

FAULTS = (
    ConfigFault(
        "upgrade-not-configured",
        "h2o",
        (("proxy.websocket: ON ", "proxy.websocket: OFF "),),
        "no proxy.websocket, which is off by default: the origin sees a plain GET",
        "h2o, proxy.websocket; catalogue HDR-01",
    ),
    ConfigFault(
        "host-replaced",
        "h2o",
        (("proxy.preserve-host: ON ", "proxy.preserve-host: OFF "),),
        "no proxy.preserve-host, which is off by default: the origin refuses the Origin field",
        "h2o, proxy.preserve-host; catalogue HDR-10",
    ),
    ConfigFault(
        "forwarded-as-claimed",
        "h2o",
        (("proxy.header.unset: x-forwarded-host\n", ""),),
        "as by default, X-Forwarded-Host of a client goes on as if h2o had said it",
        "h2o, Proxy Directives (it sets x-forwarded-for and -proto alone); catalogue SEC-05",
    ),
    ConfigFault(
        "read-timeout-short",
        "h2o",
        (("proxy.timeout.io: @IDLE_MS@ ", "proxy.timeout.io: 300 "),),
        "proxy.timeout.io is shorter than the silence between two events (default 30s)",
        "h2o, proxy.timeout.io; catalogue TMO-01",
    ),
    ConfigFault(
        "tunnel-timeout-short",
        "h2o",
        (("proxy.websocket.timeout: @IDLE_MS@ ", "proxy.websocket.timeout: 300 "),),
        "proxy.websocket.timeout is shorter than the silence on a WebSocket (default 5 minutes)",
        "h2o, proxy.websocket.timeout; catalogue TMO-05",
    ),
    ConfigFault(
        "one-stream-per-connection",
        "h2o",
        (
            (
                "http1-upgrade-to-http2: OFF ",
                "http2-max-concurrent-requests-per-connection: 1\nhttp1-upgrade-to-http2: OFF ",
            ),
        ),
        "one request at a time on a connection: an open stream keeps everything else waiting",
        "h2o, http2-max-concurrent-requests-per-connection; catalogue H2-05",
    ),
)
