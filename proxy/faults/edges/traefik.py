"""Faults of Traefik as an edge: what it undoes although the proxy behind it does it right."""

from proxy.faults.edges.edits import Edit, in_edge

SOCKETS = "middlewares: [websocket-only, public-address]"
PAGES = "middlewares: [no-upgrade, public-address]"
SERVICES = "  services:\n"


def with_middleware(kind: str, line: str) -> tuple[Edit, Edit]:
    """Return the edits that define a middleware and put it before everything but handshakes."""
    defined = f"    mistake:\n      {kind}:\n        {line}\n\n{SERVICES}"
    return (SERVICES, defined), (PAGES, PAGES.replace("]", ", mistake]"))


OF_TRAEFIK = (
    in_edge(
        "traefik",
        "buffering-middleware",
        "the buffering middleware at the edge, for a limit of request bodies, keeps responses too",
        "Traefik, buffering; traefik#12869; catalogue BUF-07",
        *with_middleware("buffering", "maxRequestBodyBytes: 2000000"),
    ),
    in_edge(
        "traefik",
        "write-deadline",
        "respondingTimeouts.writeTimeout at the edge: no timer of the inner proxy makes up for it",
        "Traefik, respondingTimeouts; catalogue TMO-07",
        ("writeTimeout: 0s ", "writeTimeout: 500ms "),
    ),
    in_edge(
        "traefik",
        "forwarded-proto-ws",
        "Traefik says wss of a handshake: the inner proxy knows https alone, and takes it for http",
        "ItalyPaleAle/traefik-forward-auth#19; catalogue HDR-09",
        (SOCKETS, "middlewares: [websocket-only]"),
    ),
)
