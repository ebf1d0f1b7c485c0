"""The places of `Caddyfile.in` that faults edit, and how they add lines there."""

from proxy.faults import ConfigFault

Edit = tuple[str, str]

IN_ORIGIN = "\t\t\tstream_close_delay 1h"
IN_QUESTION = "\t\t\turi /outpost.goauthentik.io/auth/caddy"
IN_ROUTE = "\t\treverse_proxy @ORIGIN@ {"
BEFORE_ROUTE = "\t# In this order, not in Caddy's own."
BEFORE_GATE = "\t\tforward_auth @OUTPOST@ {"
READ_TIMEOUT = "read_timeout @IDLE_MS@ms"


def fault(name: str, summary: str, source: str, *edits: Edit) -> ConfigFault:
    """Return a fault of Caddy."""
    return ConfigFault(name, "caddy", edits, summary, source)


def add(place: str, *lines: str) -> Edit:
    """Return the edit that adds lines before one of the places, indented like it."""
    indent = place[: len(place) - len(place.lstrip())]
    return place, "".join(f"{indent}{line}\n" for line in lines) + place
