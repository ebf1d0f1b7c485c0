"""The places of `traefik.yml.in` that faults edit, and how they put a middleware there."""

from proxy.faults.fault import Edit, FaultsOf

fault = FaultsOf("traefik")

SOCKETS = "middlewares: [websocket-only, public-address, refuse-streams, authentik]"
EVENTS = "middlewares: [no-upgrade, public-address, refuse-streams, authentik]"
PAGES = "middlewares: [no-upgrade, public-address, authentik]"
STREAMS = (SOCKETS, EVENTS)
ROUTERS = (SOCKETS, EVENTS, PAGES)

ADDRESS = "/outpost.goauthentik.io/auth/traefik"
NO_UPGRADE = '          Upgrade: ""\n'
PUBLIC_SCHEME = '          X-Forwarded-Proto: "@SCHEME@"\n'
IN_MIDDLEWARES = "  services:\n"
IN_QUESTION = "        maxResponseBodySize: 4194304\n"


def without_gate(chain: str) -> Edit:
    """Return the edit that takes the gate out of a router's chain."""
    return chain, chain.replace(", authentik]", "]")


def with_middleware(kind: str, *lines: str, chains: tuple[str, ...] = ROUTERS) -> list[Edit]:
    """Return the edits that define a middleware and put it last in some routers' chains."""
    defined = "".join(f"        {line}\n" for line in lines)
    definition = IN_MIDDLEWARES, f"    mistake:\n      {kind}:\n{defined}\n{IN_MIDDLEWARES}"
    return [definition, *((chain, chain.replace("]", ", mistake]")) for chain in chains)]


def with_request_field(name: str, value: str = "") -> list[Edit]:
    """Return the edits that set or, with nothing, remove a field of every request."""
    return with_middleware("headers", "customRequestHeaders:", f'  {name}: "{value}"')
