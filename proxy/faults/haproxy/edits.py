"""The places of `haproxy.cfg.in` that faults edit, and how they add lines there."""

from proxy.faults import ConfigFault

Edit = tuple[str, str]

ONLY_WEBSOCKET = "http-request del-header Upgrade unless websocket"
UPGRADE = "    http-request set-header Upgrade websocket if websocket\n"
CONNECTION = "http-request set-header Connection upgrade if websocket "

IN_GLOBAL = "    lua-load "
IN_FRONTEND = "    # The question to the outpost: HEAD,"
IN_OUTPOST = "    server outpost "
IN_ORIGIN = "    # The session cookie stays outside:"


def fault(name: str, summary: str, source: str, *edits: Edit) -> ConfigFault:
    """Return a fault of HAProxy."""
    return ConfigFault(name, "haproxy", edits, summary, source)


def add(place: str, *lines: str) -> Edit:
    """Return the edit that adds lines before one of the `IN_` places."""
    return place, "".join(f"    {line}\n" for line in lines) + place
