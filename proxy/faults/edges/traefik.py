"""Faults of Traefik as an edge: what it undoes although the proxy behind it does it right."""

from proxy.faults.fault import FaultsOf
from proxy.faults.traefik.edits import with_middleware

fault = FaultsOf("traefik+")

SOCKETS = "middlewares: [websocket-only, public-address]"
PAGES = "middlewares: [no-upgrade, public-address]"

OF_TRAEFIK = (
    fault(
        "buffering-middleware",
        "the buffering middleware at the edge, for a limit of request bodies, keeps responses too",
        "Traefik, buffering; traefik#12869; catalogue BUF-07",
        *with_middleware("buffering", "maxRequestBodyBytes: 2000000", chains=(PAGES,)),
    ),
    fault(
        "write-deadline",
        "respondingTimeouts.writeTimeout at the edge: no timer of the inner proxy makes up for it",
        "Traefik, respondingTimeouts; catalogue TMO-07",
        ("writeTimeout: 0s ", "writeTimeout: 500ms "),
    ),
    fault(
        "forwarded-proto-ws",
        "Traefik says wss of a handshake: the inner proxy knows https alone, and takes it for http",
        "ItalyPaleAle/traefik-forward-auth#19; catalogue HDR-09",
        (SOCKETS, "middlewares: [websocket-only]"),
    ),
)
